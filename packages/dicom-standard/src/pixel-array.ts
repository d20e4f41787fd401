/** The samples of one frame in row order, colour by pixel (PlanarConfiguration 0), one element a sample. */
export type PixelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
