/** Bytes that are given back after use. */
export interface BorrowedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Gives the memory back: the bytes are not to be read from then on. A second call does nothing. */
  readonly release: () => void
}

/** Lends memory. */
export interface BufferPool {
  borrow(byteLength: number): BorrowedBytes
}

const smallest = 64 * 1024
/** Larger frames are rare, and would tie up too much memory between two uses: they are better streamed. */
export const largestBorrowed: number = 4 * 1024 * 1024
/** What is kept of each size: enough for the connections of one busy client. */
const mostKeptBytes = 32 * 1024 * 1024

/**
 * Makes a pool of buffers in sizes of powers of two. Frames come by hundreds of megabytes a second: memory of their own
 * for each would keep the collector busier than the server.
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
