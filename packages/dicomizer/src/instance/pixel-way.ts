import type { DataSet } from '../data-set/data-set.ts'
import type { NoticeCollector } from '../notices.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import type { BorrowedFrame, FileMeasure } from './dicom-instance.ts'

/** How a file is streamed. */
export interface StreamOptions {
  readonly signal: AbortSignal | undefined
  /** Frames in flight. */
  readonly frameConcurrency: number
  /** Encodes all of a file but its pixels. */
  readonly encode: (dataSet: DataSet, transferSyntaxUid: string) => Part10Envelope
  /** Called for every frame. */
  readonly onFrame: (isVerified: boolean) => void
  readonly notices: NoticeCollector
}

/** One way to the pixels of an instance: its frames, or AHI's own file of it. */
export interface PixelWay {
  /** Whether it is the whole instance. */
  readonly isWhole: boolean
  /** Of the frames in AHI: by the document until one of them shows another. */
  readonly storedTransferSyntaxUid: string
  /** Of the file that {@link stream} gives: what is expected, and after it what was written. */
  readonly transferSyntaxUid: string
  /** Frames of Pixel Data. */
  readonly frameCount: number
  /** Returns the attributes, in agreement with the pixels that {@link frame} gives. */
  dataSet(): DataSet
  /** Returns the most bytes of frames that are in memory at a time while a file is streamed. */
  heldByteLength(frameConcurrency: number): number
  /** Returns the bytes of the file that {@link stream} gives, and whether they follow from the document. */
  measureFile(encode: StreamOptions['encode']): Pick<FileMeasure, 'byteLength' | 'isExact'>
  /** Decodes and verifies one frame, zero-based. `onFrame` is told whether a checksum vouches for a frame of AHI. */
  frame(index: number, signal: AbortSignal | undefined, onFrame: StreamOptions['onFrame']): Promise<BorrowedFrame>
  /** Streams a file with the pixels. */
  stream(options: StreamOptions): AsyncGenerator<Uint8Array, void, undefined>
}
