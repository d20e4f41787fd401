import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'

/** An instance to make volumes of. A `DicomInstance` of `@ahi-dicom/dicomizer` is one. */
export interface VolumeInstance {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Number of frames, float pixels included. 0 if the instance is not an image. */
  readonly pictureCount: number
  readonly attributes: DicomAttributes
  /** Returns the verified samples of a frame, counted from 0: colour by pixel, one sample of one bit a byte. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /** Lends the same samples, in memory that `release` takes back. Default: {@link frame} is used. */
  borrowFrame?(
    index: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly pixels: PixelArray; release(): void }>
}
