import type { PixelArray } from '@ahi-dicom/renderer'

/** Typed look-up by keyword in a data set; the attributes of dicomizer's instances are it by shape. */
export interface InstanceAttributes {
  string(keyword: string): string | undefined
  strings(keyword: string): readonly string[]
  number(keyword: string): number | undefined
  numbers(keyword: string): readonly number[]
  bytes(keyword: string): Uint8Array | undefined
  items(keyword: string): readonly InstanceAttributes[]
}

/** What has a Part 10 form. */
export interface Part10Source {
  /** Chunks may be held until the next megabyte is written: they are not to be reused by whoever makes them. */
  part10(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Uint8Array>
}

/** What has frames to be seen. */
export interface FrameSet {
  readonly sopInstanceUid: string
  readonly frameCount: number
  /** Frames that {@link frame} gives, where there are others than those counted: real numbers are no frames of AHI. */
  readonly pictureCount?: number | undefined
  /** Describes the decoded frames, at the latest once one of them was read. */
  readonly attributes: InstanceAttributes
  /** The samples of a frame, counted from 0. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
}

/** What a path is made of. */
export interface InstanceIdentity {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly attributes: InstanceAttributes
}

/** One instance for {@link directorySink}: a DicomInstance of dicomizer by shape. */
export interface SinkInstance extends InstanceIdentity, FrameSet, Part10Source {}
