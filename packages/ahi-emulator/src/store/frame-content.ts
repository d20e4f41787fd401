import type { BorrowedBytes } from './buffer-pool.ts'

/** A frame in the store, whether imported or synthetic. */
export interface FrameContent {
  readonly transferSyntaxUid: string
  readonly byteLength: number
  /** Returns the whole frame. Release it when it is sent. */
  borrow(): Promise<BorrowedBytes>
  /** Returns the whole frame, read-only. */
  read(): Promise<Uint8Array<ArrayBuffer>>
  /** Returns a copy of the whole frame, whose memory may be transferred. */
  copy(): Promise<Uint8Array<ArrayBuffer>>
  /** Fills `target` with the bytes of the frame from `offset` on. */
  readInto(target: Uint8Array, offset: number): Promise<void>
  /** Yields the frame in read-only pieces, each read when it is requested. */
  stream(): AsyncIterable<Uint8Array>
}
