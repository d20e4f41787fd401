/** Memory that holds instances until a server has accepted them. */
export interface BlockPool {
  /**
   * Resolves with a block when one is free. The holder that is `ahead` gets one at once. If all holders waited for
   * memory while they hold some, none could continue.
   */
  take(holder: object): Promise<Uint8Array>
  /** Returns blocks, to be used again. */
  release(blocks: readonly Uint8Array[]): void
  /** Tells the pool that `holder` takes no more blocks. */
  leave(holder: object): void
  /** Number of holders that wait for a block. */
  readonly waiting: number
}

/** Length of a block in bytes. */
export const blockByteLength: number = 256 * 1024

interface Waiter {
  readonly holder: object
  readonly resolve: (block: Uint8Array) => void
}

/** Creates a pool of `byteLength` bytes. The holder that is ahead may exceed it. */
export function createBlockPool(byteLength: number, onWait: () => void): BlockPool {
  const most = Math.max(1, Math.floor(byteLength / blockByteLength))
  const spare: Uint8Array[] = []
  const waiters: Waiter[] = []
  let used = 0
  let ahead: object | undefined

  function grant(): Uint8Array {
    used += 1
    return spare.pop() ?? new Uint8Array(blockByteLength)
  }

  function mayTake(holder: object): boolean {
    if (used < most) return true
    ahead ??= holder
    return ahead === holder
  }

  function serve(): void {
    for (let next = waiters[0]; next !== undefined && mayTake(next.holder); next = waiters[0]) {
      waiters.shift()
      next.resolve(grant())
    }
  }

  return {
    async take(holder) {
      if (waiters.length === 0 && mayTake(holder)) return grant()
      if (holder === ahead) return grant()
      const { promise, resolve } = Promise.withResolvers<Uint8Array>()
      waiters.push({ holder, resolve })
      onWait()
      return await promise
    },
    release(blocks) {
      used -= blocks.length
      for (const block of blocks) if (spare.length < most) spare.push(block)
      serve()
    },
    leave(holder) {
      if (ahead === holder) ahead = undefined
      serve()
    },
    get waiting() {
      return waiters.length
    },
  }
}
