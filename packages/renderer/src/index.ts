/** DICOM pixels and presentation attributes to 8- or 16-bit pictures. */
export { RenderError } from './errors.ts'
export type { RenderErrorCode } from './errors.ts'
export type {
  EmbeddedOverlay,
  ImageDescription,
  LookupTable,
  Overlay,
  OverlayBitmap,
  Palette,
} from './image-description.ts'
export type { Picture } from './picture.ts'
export type { PixelArray } from '@ahi-dicom/dicom-standard'
export { renderFrame } from './render-frame.ts'
export type { RenderOptions } from './render-options.ts'
export { expandSegmentedLookupTable } from './segmented-lookup-table.ts'
export type { Window } from './voi.ts'
