/** Bytes that must be given back after use. */
export interface BorrowedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Gives the memory back. Do not read the bytes afterwards. A second call does nothing. */
  readonly release: () => void
}

/** Lends reusable buffers. */
export interface BufferPool {
  borrow(byteLength: number): BorrowedBytes
}

const smallest = 64 * 1024
/** Largest frame to borrow. Larger ones are rare and would hold too much memory between uses, so they are streamed. */
export const largestBorrowed: number = 4 * 1024 * 1024
/** Most bytes kept of each buffer size. Enough for the connections of one busy client. */
const mostKeptBytes = 32 * 1024 * 1024

/**
 * Creates a pool of buffers whose sizes are powers of two. Frames are read at hundreds of megabytes per second.
 * Allocating memory for each one would spend more time on garbage collection than on serving.
 */
export function createBufferPool(): BufferPool {
  const free = new Map<number, Uint8Array<ArrayBuffer>[]>()
  return {
    borrow(byteLength) {
      if (byteLength > largestBorrowed) return { bytes: Buffer.allocUnsafeSlow(byteLength), release: () => undefined }
      const size = Math.max(smallest, 2 ** Math.ceil(Math.log2(byteLength)))
      const buffers = free.get(size) ?? []
      free.set(size, buffers)
      let buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(size)
      return {
        bytes: buffer.subarray(0, byteLength),
        release() {
          if (buffer.byteLength === size && (buffers.length + 1) * size <= mostKeptBytes) buffers.push(buffer)
          buffer = new Uint8Array(0)
        },
      }
    },
  }
}
