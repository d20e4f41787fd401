/** Memory for the bodies of answers. */
export interface ReceiveMemory {
  /**
   * Returns a view of exactly `byteLength` bytes. Its buffer may be larger and may have been used before. Only the
   * request that took the view uses it, until that request settles. A request that is repeated or fails does not return
   * it.
   */
  take(byteLength: number): Uint8Array<ArrayBuffer>
}

/**
 * Allocates new memory for each body. It does not come from Node's pool of small buffers, so it can be transferred to
 * another thread.
 */
export const freshMemory: ReceiveMemory = {
  take: (byteLength) => new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer),
}
