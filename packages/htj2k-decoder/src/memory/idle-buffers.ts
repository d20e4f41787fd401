/** Unused buffers, by length. */
export interface IdleBuffers {
  /**
   * Returns a buffer of exactly this length. Returns `undefined` if there is no buffer. The buffer given last comes
   * first, because it is most likely in the processor's cache.
   */
  take(byteLength: number): ArrayBuffer | undefined
  /** Takes over the memory of a buffer. The buffer and all arrays on it are empty afterwards. */
  give(buffer: ArrayBuffer): void
}

/**
 * Creates an empty store. If its buffers exceed `maxByteLength`, it frees those with the length that was given least
 * recently. A larger buffer is freed at once.
 */
export function createIdleBuffers(maxByteLength: number): IdleBuffers {
  /** Buffers by length, ordered by the time when the length was last given. */
  const idle = new Map<number, ArrayBuffer[]>()
  let idleByteLength = 0

  function freeOldest(): void {
    for (const [byteLength, buffers] of idle) {
      while (idleByteLength > maxByteLength && buffers.length > 0) {
        free(buffers.shift())
        idleByteLength -= byteLength
      }
      if (buffers.length === 0) idle.delete(byteLength)
      if (idleByteLength <= maxByteLength) return
    }
  }

  return {
    take(byteLength) {
      const buffers = idle.get(byteLength)
      const buffer = buffers?.pop()
      if (buffer !== undefined) idleByteLength -= byteLength
      if (buffers?.length === 0) idle.delete(byteLength)
      return buffer
    },
    give(buffer) {
      const { byteLength } = buffer
      if (byteLength === 0) return
      if (byteLength > maxByteLength) return free(buffer)
      const buffers = idle.get(byteLength) ?? []
      buffers.push(buffer.transfer())
      idle.delete(byteLength)
      idle.set(byteLength, buffers)
      idleByteLength += byteLength
      freeOldest()
    },
  }
}

/** Frees the bytes at once, because garbage outside of the JavaScript heap can accumulate for long. */
function free(buffer: ArrayBuffer | undefined): void {
  buffer?.transfer(0)
}
