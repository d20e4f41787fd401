/** A part of a budget. It stays taken until it is released; releasing it again does nothing. */
export interface Reservation {
  release(): void
}

/** An amount that jobs share: bytes in memory, or requests under way. */
export interface Budget {
  readonly limit: number
  /** The sum of the reservations that are held. */
  readonly reserved: number
  /**
   * Waits for its turn and for room, in the order of the calls. An amount above the limit gets its turn once nothing
   * else is held. Rejects with the signal's reason.
   */
  reserve(amount: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<Reservation>
}

interface Waiter {
  readonly amount: number
  readonly admit: () => void
}

/** Makes a budget of `limit`, which is served first come, first served: a large request is never overtaken for ever. */
export function createBudget(limit: number): Budget {
  const waiters: Waiter[] = []
  let reserved = 0

  function hasRoomFor(amount: number): boolean {
    return reserved === 0 || reserved + amount <= limit
  }

  function take(amount: number): Reservation {
    let held = amount
    reserved += amount
    return {
      release() {
        reserved -= held
        held = 0
        admitWaiters()
      },
    }
  }

  function admitWaiters(): void {
    for (let next = waiters[0]; next !== undefined && hasRoomFor(next.amount); next = waiters[0]) {
      waiters.shift()
      next.admit()
    }
  }

  function wait(amount: number, signal: AbortSignal | undefined): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const waiter = {
        amount,
        admit() {
          signal?.removeEventListener('abort', giveUp)
          resolve(take(amount))
        },
      }
      function giveUp(): void {
        waiters.splice(waiters.indexOf(waiter), 1)
        reject(signal?.reason)
        admitWaiters()
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      waiters.push(waiter)
    })
  }

  return {
    limit,
    get reserved() {
      return reserved
    },
    async reserve(amount, { signal } = {}) {
      signal?.throwIfAborted()
      return waiters.length === 0 && hasRoomFor(amount) ? take(amount) : wait(amount, signal)
    },
  }
}
