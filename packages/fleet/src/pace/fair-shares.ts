/** The demand of one worker for one operation. */
export interface Need {
  /** Requests per second that the worker sends. */
  readonly used: number
  /** Fraction of the time, 0 to 1, that its requests wait for their turn. Above 0, the worker could send more. */
  readonly waits: number
}

/** Fraction of the rate that is shared out. The rest allows for requests that arrive closer together than they were sent. */
const sharedOut = 0.98
/** Fraction of the shared rate that idle workers get together, so that each can start at once. */
const reserve = 0.01
/** A worker that waits for at least this fraction of the time is assumed to use any rate. */
const busy = 0.8
/**
 * A worker that waits less gets its use, raised by this factor times its waiting fraction. It gets no equal share: requests
 * at random times also wait now and then, and the unused part of the share would be missing for busy workers.
 */
const eagerness = 2
/** Extra fraction above the measured use. A worker that needs even more waits, and gets a larger share at the next tick. */
const slack = 0.03

/**
 * Returns each worker's share of the account's rate in requests per second, in the order of `needs` (max-min fairness). No
 * worker gets more than it can use while others wait, and workers that wait get equal shares. The remainder is split
 * equally, so that a worker whose need grows does not wait. The shares sum to at most 98 % of the rate.
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

/** Raises all shares together until the total is used up. Each share stops at its wanted rate. */
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
