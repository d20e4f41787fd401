import type { Clock } from './clock.ts'
import { createAdjustableLimiter, type Limiter } from './limiter.ts'

/** Requests are counted for this long before the number of connections is judged. */
const windowMs = 1000
const growth = 1.25
/** More connections are kept if they serve at least this many times the requests. */
const worthIt = 1.05
/** Pause after growth did not pay off, before the next attempt. It doubles each time, up to `longestHoldMs`. */
const firstHoldMs = 10_000
const longestHoldMs = 160_000

/** The connections of one client: a limiter of requests in progress. */
export interface Connections extends Pick<Limiter, 'limit' | 'reserve'> {
  /** Records that a request with a connection waits for its turn. More connections would not help then. */
  paced(): void
}

/** Options of {@link createConnections}. */
export interface ConnectionsOptions {
  readonly clock: Clock
  readonly first: number
  readonly most: number
}

/**
 * Creates the connections of a client, at first `first` of them. While requests wait for a connection and not for their
 * turn, the number grows by a quarter each second, up to `most`. If growth does not bring more requests (the network or
 * this machine is busy), it is undone.
 */
export function createConnections({ clock, first, most }: ConnectionsOptions): Connections {
  const limiter = createAdjustableLimiter(first)
  let start = clock.now()
  let done = 0
  let isSaturated = false
  let isPaced = false
  /** The state before the last growth, until the growth is judged. */
  let before: { readonly limit: number; readonly rate: number } | undefined
  let holdMs = firstHoldMs
  let heldUntil = 0

  function count(): void {
    done += 1
    isSaturated ||= limiter.isWaitedFor
    const now = clock.now()
    if (now - start < windowMs || done < 2 * limiter.limit) return
    judge(now, done / (now - start))
    start = now
    done = 0
    isSaturated = false
    isPaced = false
  }

  function judge(now: number, rate: number): void {
    if (!isSaturated || isPaced) {
      before = undefined
      return
    }
    if (before !== undefined && rate < before.rate * worthIt) {
      limiter.setLimit(before.limit)
      before = undefined
      heldUntil = now + holdMs
      holdMs = Math.min(longestHoldMs, holdMs * 2)
      return
    }
    if (before !== undefined) holdMs = firstHoldMs
    before = undefined
    const { limit } = limiter
    if (now < heldUntil || limit >= most) return
    before = { limit, rate }
    limiter.setLimit(Math.min(most, Math.ceil(limit * growth)))
  }

  return {
    get limit() {
      return limiter.limit
    },
    reserve: async (amount, options) => {
      const reservation = await limiter.reserve(amount, options)
      if (first >= most) return reservation
      let isHeld = true
      return {
        release: () => {
          if (isHeld) count()
          isHeld = false
          reservation.release()
        },
      }
    },
    paced: () => {
      isPaced = true
    },
  }
}
