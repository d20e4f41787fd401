/** How much of an operation one worker needs. */
export interface Need {
  /** Requests a second that it sends. */
  readonly used: number
  /** Part of the time, 0 to 1, in which its requests wait for their turn. Above 0, the worker can use more than it sends. */
  readonly waits: number
}

/** The part of the rate that is shared out. The rest allows for requests that arrive closer together than they started. */
const sharedOut = 0.98
/** The part of the shares that idle workers get, all together, so that each can begin at once. */
const reserve = 0.01
/** A worker that waits for this part of the time may be able to use any rate. */
const busy = 0.8
/**
 * A worker that waits for a smaller part of the time gets more by this factor. Requests that come by chance wait now and then
 * too: if that alone brought an equal share, busy workers would lack it.
 */
const eagerness = 2
/** Room above the measured use. A worker that needs still more waits for its turn, and so gets it next time. */
const slack = 0.03

/**
 * Returns the share of each worker in the rate of an account, in the order of the workers (max-min fairness). No worker gets
 * more than it can use while others wait, and those that wait get equal shares. What is left over is split equally, so that
 * a worker that begins to need more does not wait. The shares sum to 98 % of the rate at most.
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

/** Raises all shares together, each up to its wanted rate, until nothing is left. */
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
