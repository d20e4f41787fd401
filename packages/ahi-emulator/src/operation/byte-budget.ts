/** A memory budget for large frames that all requests share. */
export interface ByteBudget {
  /** Opens the share of one request. */
  open(): RequestMemory
}

/** The memory of one request within a {@link ByteBudget}. */
export interface RequestMemory {
  /**
   * Resolves when the budget has room. Calls of all requests are served in order. A size above the budget waits until
   * nothing else is taken.
   */
  take(byteLength: number): Promise<ByteLease>
  /** Gives back everything that the request holds. */
  release(): void
  /** Gives back everything that the request holds, and everything that it takes later. */
  close(): void
}

/** Bytes that a request holds. */
interface ByteLease {
  /** Gives the bytes back. A second call does nothing. */
  release(): void
}

interface Waiting {
  readonly byteLength: number
  readonly grant: () => void
}

/** Creates a budget of `most` bytes. */
export function createByteBudget(most: number): ByteBudget {
  const waiting: Waiting[] = []
  let taken = 0

  function grantNext(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (taken > 0 && taken + next.byteLength > most) return
      waiting.shift()
      taken += next.byteLength
      next.grant()
    }
  }

  function createLease(byteLength: number): ByteLease {
    let held = byteLength
    return {
      release() {
        taken -= held
        held = 0
        grantNext()
      },
    }
  }

  return {
    open() {
      const leases = new Set<ByteLease>()
      let isClosed = false
      const release = (): void => {
        for (const lease of leases) lease.release()
        leases.clear()
      }
      return {
        async take(byteLength) {
          await new Promise<void>((grant) => {
            waiting.push({ byteLength, grant })
            grantNext()
          })
          const lease = createLease(byteLength)
          leases.add(lease)
          if (isClosed) lease.release()
          return lease
        },
        release,
        close() {
          isClosed = true
          release()
        },
      }
    },
  }
}
