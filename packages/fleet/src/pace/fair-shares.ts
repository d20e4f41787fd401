/** What one worker needs of an operation. */
export interface Need {
  /** Requests a second that it sends. */
  readonly used: number
  /** Part of the time in which requests wait for their turn, 0 to 1: it can use more than it sends. */
  readonly waits: number
}

/** Of the rate, what is shared out. The rest makes up for requests that arrive closer together than they started. */
const sharedOut = 0.98
/** Of what is shared out, what workers get that use nothing, all together, so that each can begin at once. */
const reserve = 0.01
/** Who waits for this part of the time may be able to use any rate. */
const busy = 0.8
/**
 * Who waits for less may need this much more for each part of the time. Requests that come by chance wait now and then too:
 * if that alone brought an equal part, those that can use it would lack it.
 */
const eagerness = 2
/** Who begins to need still more waits for its turn first, and gets it then. */
const slack = 0.03

/**
 * Shares the rate of an account out among workers, in their order. Nobody gets more than it can use while others wait;
 * those that wait get the same, but for those that need less (max-min fairness). What nobody needs, all get, so that
 * nobody has to wait who begins to need more. The shares sum to 98 % of the rate at most.
 */
export function fairShares(rate: number, needs: readonly Need[]): number[] {
  const total = rate * sharedOut
  const least = (total * reserve) / needs.length
  const wanted = needs.map(({ used, waits }) =>
    waits >= busy ? Infinity : Math.max(least, used * (1 + slack + eagerness * waits)),
  )
  const shares = filled(total, wanted)
  const left = total - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share + Math.max(0, left) / needs.length)
}

/** Fills all up alike, each to what it wants at most, until nothing is left. */
function filled(total: number, wanted: readonly number[]): number[] {
  const shares = wanted.map(() => 0)
  const order = wanted.map((want, index) => ({ want, index })).toSorted((a, b) => (a.want < b.want ? -1 : 1))
  let left = total
  for (const [place, { want, index }] of order.entries()) {
    const share = Math.min(want, left / (order.length - place))
    shares[index] = share
    left -= share
  }
  return shares
}
