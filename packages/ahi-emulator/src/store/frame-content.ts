import type { BorrowedBytes } from './buffer-pool.ts'

/** A frame of the store, in whichever way it is kept. */
export interface FrameContent {
  readonly transferSyntaxUid: string
  readonly byteLength: number
  /** The whole frame: give it back when it is sent. */
  borrow(): Promise<BorrowedBytes>
  /** The whole frame, only to be read. */
  read(): Promise<Uint8Array<ArrayBuffer>>
  /** The whole frame in memory of its own, which may be given away. */
  copy(): Promise<Uint8Array<ArrayBuffer>>
  /** Fills `target` with the bytes of the frame from `offset` on. */
  readInto(target: Uint8Array, offset: number): Promise<void>
  /** The frame in pieces, read as they are taken; they are only to be read. */
  stream(): AsyncIterable<Uint8Array>
}
