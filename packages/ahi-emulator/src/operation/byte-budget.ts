/** Memory for large frames, which all requests share. */
export interface ByteBudget {
  /** Starts a request. */
  open(): RequestMemory
}

/** What one request has of a {@link ByteBudget}. */
export interface RequestMemory {
  /** Resolves when there is room, in the order of all calls. What is larger than the budget passes when it is alone. */
  take(byteLength: number): Promise<ByteLease>
  /** Gives back all that the request has. */
  release(): void
  /** The same, and all that it gets from then on. */
  close(): void
}

/** Bytes that a request has. */
interface ByteLease {
  /** Gives them back. A second call does nothing. */
  release(): void
}

interface Waiting {
  readonly byteLength: number
  readonly grant: () => void
}

/** Makes a budget of so many bytes. */
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
