/** The samples of one frame in row order: one element a sample, one bit a sample packed as PS3.5 8.1.1 has it, or real numbers. */
export type PixelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
