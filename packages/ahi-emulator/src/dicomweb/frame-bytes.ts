/** The bytes of a frame as they are sent. */
export interface FrameBytes {
  readonly byteLength: number
  readonly chunks: AsyncIterable<Uint8Array>
}
