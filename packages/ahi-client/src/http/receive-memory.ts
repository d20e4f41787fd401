/** Memory that bodies are received into. */
export interface ReceiveMemory {
  /**
   * Returns a view of exactly `byteLength` bytes. Its buffer may be larger, and may have been used before: the request
   * that takes it alone uses it, until it settles. A request that is repeated or fails does not give it back.
   */
  take(byteLength: number): Uint8Array<ArrayBuffer>
}

/** Memory of its own for each body, not from the pool of small buffers: it can be transferred to another thread. */
export const freshMemory: ReceiveMemory = {
  take: (byteLength) => new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer),
}
