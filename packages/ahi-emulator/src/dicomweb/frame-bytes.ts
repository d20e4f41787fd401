/** The bytes of a frame to send. */
export interface FrameBytes {
  readonly byteLength: number
  readonly chunks: AsyncIterable<Uint8Array>
}
