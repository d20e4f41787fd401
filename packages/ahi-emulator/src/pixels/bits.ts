/** Unpacks bits to one byte each. The first one is the lowest bit of a byte (PS3.5 8.1.1). */
export function unpackBits(bytes: Uint8Array, first: number, count: number): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(count)
  for (let index = 0; index < count; index += 1) {
    const bit = first + index
    bits[index] = ((bytes[Math.floor(bit / 8)] ?? 0) >>> (bit & 7)) & 1
  }
  return bits
}

/** Packs bits that have one byte each. The first one becomes the lowest bit of a byte. Unused bits at the end are 0. */
export function packBits(bits: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.ceil(bits.byteLength / 8))
  for (const [index, bit] of bits.entries()) packed[index >>> 3] = (packed[index >>> 3] ?? 0) | (bit << (index & 7))
  return packed
}
