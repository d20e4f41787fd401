/**
 * Turns the pixels of DICOM frames into 8- or 16-bit pictures, and pictures into PNGs.
 * @module
 */
export type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'
export { describeImage } from './describe/describe-image.ts'
export type { DescribeOptions } from './describe/describe-image.ts'
export type {
  EmbeddedOverlay,
  ImageDescription,
  LookupTable,
  Overlay,
  OverlayBitmap,
  Palette,
} from './describe/image-description.ts'
export type { OnPictureNotice, PictureNotice } from './describe/picture-notice.ts'
export type { PixelDensity } from './describe/pixel-density.ts'
export { expandSegmentedLookupTable } from './describe/segmented-lookup-table.ts'
export type { Window } from './describe/window.ts'
export { PictureError, RenderError } from './errors.ts'
export type { RenderErrorCode } from './errors.ts'
export { encodePicture } from './png/encode-picture.ts'
export type { PictureOptions } from './png/encode-picture.ts'
export { createPngEncoder, encodePng } from './png/encode-png.ts'
export type { PngEncoderOptions, PngOptions } from './png/encode-png.ts'
export { createFrameRenderer } from './png/frame-renderer.ts'
export type { FrameRendererOptions, RenderedFrame } from './png/frame-renderer.ts'
export { noSuchFrame, pictureCount } from './png/picture-source.ts'
export type { PictureSource } from './png/picture-source.ts'
export type { Picture } from './render/picture.ts'
export { greyRange, renderFrame } from './render/render-frame.ts'
export { isShownByRange } from './render/render-grey.ts'
export type { ValueRange } from './render/render-grey.ts'
export type { RenderOptions } from './render/render-options.ts'
export { fittingSize, scalePicture } from './render/scale-picture.ts'
