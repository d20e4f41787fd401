import type { DataSet } from '../data-set/data-set.ts'
import type { NoticeCollector } from '../notices.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import type { BorrowedFrame, FileMeasure } from './dicom-instance.ts'

/** Options for streaming a file. */
export interface StreamOptions {
  readonly signal: AbortSignal | undefined
  /** Number of frames in flight. */
  readonly frameConcurrency: number
  /** Encodes the file without its pixels. */
  readonly encode: (dataSet: DataSet, transferSyntaxUid: string) => Part10Envelope
  /** Called for every frame. */
  readonly onFrame: (isVerified: boolean) => void
  readonly notices: NoticeCollector
}

/** An origin of an instance's pixels: its frames, or AHI's file of the whole instance. */
export interface PixelWay {
  /** True if the pixels come from the whole instance. */
  readonly isWhole: boolean
  /** Transfer syntax of the frames in AHI: the stated one, until a frame shows another. */
  readonly storedTransferSyntaxUid: string
  /** Transfer syntax of the file: the expected one, and after {@link stream} the written one. */
  readonly transferSyntaxUid: string
  /** Number of frames in Pixel Data. */
  readonly frameCount: number
  /** Returns the attributes, in agreement with the pixels that {@link frame} returns. */
  dataSet(): DataSet
  /** Returns the most bytes of frames that are in memory while a file is streamed. */
  heldByteLength(frameConcurrency: number): number
  /** Returns the bytes of the file that {@link stream} returns, and whether they are certain. */
  measureFile(encode: StreamOptions['encode']): Pick<FileMeasure, 'byteLength' | 'isExact'>
  /**
   * Decodes and verifies one frame. `index` is zero-based. `onFrame` is called with whether the frame matches a
   * checksum.
   */
  frame(index: number, signal: AbortSignal | undefined, onFrame: StreamOptions['onFrame']): Promise<BorrowedFrame>
  /** Streams a file with the pixels. */
  stream(options: StreamOptions): AsyncGenerator<Uint8Array, void, undefined>
}
