import type { BitReader } from './bit-reader.ts'

/** Returns the next value of a Huffman code. */
export type HuffmanDecoder = (bits: BitReader) => number

const longestCode = 16
/** Bits of a code's value and of its length. No code has the length 0. */
const lengthBits = 8

/**
 * Creates a decoder from a table: the number of codes of each length and their values (T.81 C.2).
 *
 * @throws {Error} if no prefix code has these lengths
 */
export function createHuffmanDecoder(counts: Uint8Array, values: Uint8Array): HuffmanDecoder {
  const entries = new Uint16Array(1 << longestCode)
  let code = 0
  let next = 0
  for (let length = 1; length <= longestCode; length += 1) {
    for (let index = 0; index < (counts[length - 1] ?? 0); index += 1) {
      const width = 1 << (longestCode - length)
      if (code + width > entries.length) throw new Error('its Huffman table has too many codes')
      entries.fill(((values[next] ?? 0) << lengthBits) | length, code, code + width)
      code += width
      next += 1
    }
  }
  return (bits) => {
    const entry = entries[bits.peek()] ?? 0
    const length = entry & 0xff
    if (length === 0) throw new Error('its coded samples have a code that does not exist')
    bits.skip(length)
    return entry >>> lengthBits
  }
}
