/** DICOM pixels and presentation attributes to 8- or 16-bit pictures. */
export type { PixelArray } from '@ahi-dicom/dicom-standard'
export type {
  EmbeddedOverlay,
  ImageDescription,
  LookupTable,
  Overlay,
  OverlayBitmap,
  Palette,
} from './describe/image-description.ts'
export { expandSegmentedLookupTable } from './describe/segmented-lookup-table.ts'
export { RenderError } from './errors.ts'
export type { RenderErrorCode } from './errors.ts'
export type { Picture } from './render/picture.ts'
export { renderFrame } from './render/render-frame.ts'
export type { RenderOptions } from './render/render-options.ts'
export type { Window } from './render/voi.ts'
