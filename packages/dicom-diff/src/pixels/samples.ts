/** Samples as numbers. */
export type SampleValues = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array

/** The samples of one frame, row by row, with the samples of a pixel together. */
export interface Samples {
  /** Values with the sign of the data set. */
  readonly values: SampleValues
  /** Values with the sign of the code stream, if it differs. */
  readonly codedValues?: SampleValues | undefined
  readonly width: number
  readonly height: number
  readonly components: number
}

/** Returns little endian bytes as numbers, as a view or a copy. Returns `undefined` for a width that no image has. */
export function viewSamples(bytes: Uint8Array, byteWidth: number, isSigned: boolean): SampleValues | undefined {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % byteWidth === 0 ? bytes : Uint8Array.from(bytes)
  const length = Math.floor(byteLength / byteWidth)
  if (byteWidth === 1)
    return isSigned ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length)
  if (byteWidth === 2)
    return isSigned ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length)
  if (byteWidth !== 4) return undefined
  return isSigned ? new Int32Array(buffer, byteOffset, length) : new Uint32Array(buffer, byteOffset, length)
}

/** Reads the lowest bits of each sample as a number with or without sign. `bits` is at most 32. */
export function reinterpret(values: SampleValues, bits: number, isSigned: boolean): SampleValues {
  const unused = 32 - bits
  const result = new (isSigned ? Int32Array : Uint32Array)(values.length)
  for (let index = 0; index < values.length; index += 1) {
    const shifted = (values[index] ?? 0) << unused
    result[index] = isSigned ? shifted >> unused : shifted >>> unused
  }
  return result
}

/** Returns true if all samples are equal numbers. */
export function areEqual(left: SampleValues, right: SampleValues): boolean {
  if (left.length !== right.length) return false
  if (left.constructor === right.constructor) return Buffer.compare(bytesOf(left), bytesOf(right)) === 0
  return left.every((value, index) => value === right[index])
}

function bytesOf({ buffer, byteOffset, byteLength }: SampleValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
