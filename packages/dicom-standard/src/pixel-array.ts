/** The samples of one frame, row by row, with the samples of a pixel together (PlanarConfiguration 0). */
export type PixelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
