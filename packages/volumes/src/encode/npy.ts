import { bytesPerSample, isReal, type SampleType } from '../model/sample-type.ts'

/** Returns the header of a `.npy` file, version 1.0: NumPy's name of the type and the shape, in C order. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  // The samples begin at a multiple of 64 bytes.
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`
  const magic = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 0xff, padded.length >>> 8]
  return Uint8Array.from([...magic, ...new TextEncoder().encode(padded)])
}

/** Returns NumPy's name of a type of samples, little endian. */
export function npyType(type: SampleType): string {
  const width = bytesPerSample(type)
  const letter = isReal(type) ? 'f' : type.startsWith('u') ? 'u' : 'i'
  return `${width === 1 ? '|' : '<'}${letter}${width}`
}

/** Returns a `.npy` file of float64 values. */
export function npyMatrix(rows: readonly (readonly number[])[]): Uint8Array {
  const header = npyHeader('<f8', [rows.length, rows[0]?.length ?? 0])
  const values = new DataView(new ArrayBuffer(8 * rows.flat().length))
  for (const [index, value] of rows.flat().entries()) values.setFloat64(8 * index, value, true)
  return concatenated(header, new Uint8Array(values.buffer))
}

/** Returns a `.npy` file of one text: an array without dimensions, whose characters are 4 bytes each. */
export function npyText(text: string): Uint8Array {
  const characters = Array.from(text)
  const values = new DataView(new ArrayBuffer(4 * characters.length))
  for (const [index, character] of characters.entries())
    values.setUint32(4 * index, character.codePointAt(0) ?? 0, true)
  return concatenated(npyHeader(`<U${characters.length}`, []), new Uint8Array(values.buffer))
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
