import { offAbort, onAbort } from './abort.ts'

/** An amount that is reserved until it is released. */
export interface Reservation {
  /** Gives the amount back. Further calls do nothing. */
  release(): void
}

/** A shared amount, for example requests in progress or bytes in memory. */
export interface Limiter {
  readonly limit: number
  /** Sum of the reservations in use. */
  readonly reserved: number
  /**
   * Waits until `amount` fits. Calls are served in order, so a large amount is never overtaken. An amount above the
   * limit is granted when nothing else is reserved. Rejects with the reason of `signal`.
   */
  reserve(amount: number, options?: ReserveOptions): Promise<Reservation>
}

/** Options of {@link Limiter.reserve}. */
export interface ReserveOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
}

interface Waiter {
  readonly amount: number
  readonly admit: () => void
}

/** A limiter whose limit can be changed. */
export interface AdjustableLimiter extends Limiter {
  /** True if a caller waits. */
  readonly isWaitedFor: boolean
  /** Changes the limit. Reservations beyond a lower limit stay until they are released. */
  setLimit(limit: number): void
}

/**
 * Creates a limiter.
 *
 * @example
 * import { createLimiter } from '@ahi-dicom/ahi-client'
 *
 * const limiter = createLimiter(8)
 * const reservation = await limiter.reserve(5) // waits until 5 of the 8 are free
 * reservation.release()
 * console.log(limiter.reserved) // 0
 */
export function createLimiter(limit: number): Limiter {
  return createAdjustableLimiter(limit)
}

/** Creates a limiter whose limit can be changed. */
export function createAdjustableLimiter(firstLimit: number): AdjustableLimiter {
  let limit = firstLimit
  const waiters = new Set<Waiter>()
  let reserved = 0

  function fits(amount: number): boolean {
    return reserved === 0 || reserved + amount <= limit
  }

  function take(amount: number): Reservation {
    let held = amount
    reserved += amount
    return {
      release: () => {
        reserved -= held
        held = 0
        admitWaiters()
      },
    }
  }

  function admitWaiters(): void {
    for (const waiter of waiters) {
      if (!fits(waiter.amount)) return
      waiters.delete(waiter)
      waiter.admit()
    }
  }

  function wait(amount: number, signal: AbortSignal | undefined): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        if (signal !== undefined) offAbort(signal, giveUp)
        resolve(take(amount))
      }
      const giveUp = (): void => {
        waiters.delete(waiter)
        reject(signal?.reason)
        admitWaiters()
      }
      const waiter = { amount, admit }
      waiters.add(waiter)
      if (signal !== undefined) onAbort(signal, giveUp)
    })
  }

  return {
    get limit() {
      return limit
    },
    get isWaitedFor() {
      return waiters.size > 0
    },
    setLimit: (next) => {
      limit = next
      admitWaiters()
    },
    get reserved() {
      return reserved
    },
    reserve: async (amount, { signal } = {}) => {
      signal?.throwIfAborted()
      return waiters.size === 0 && fits(amount) ? take(amount) : wait(amount, signal)
    },
  }
}
