/**
 * Turns an image set of AWS HealthImaging, its metadata document and its frames, into DICOM instances.
 * @module
 */
export { encodePart10 } from './part10.ts'
export type { EncodePart10Options } from './part10.ts'
