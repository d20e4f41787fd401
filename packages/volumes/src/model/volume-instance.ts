import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'

/** An instance to make volumes of. A `DicomInstance` of `@ahi-dicom/dicomizer` is one. */
export interface VolumeInstance {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Frames of pixels, those of real numbers included; 0 for an instance that is no image. */
  readonly pictureCount: number
  readonly attributes: DicomAttributes
  /** Returns the verified samples of a frame, counted from 0: colour by pixel, one sample of one bit a byte. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /** Lends the same samples, in memory that `release` takes back. Default: those of {@link frame}. */
  borrowFrame?(
    index: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly pixels: PixelArray; release(): void }>
}
