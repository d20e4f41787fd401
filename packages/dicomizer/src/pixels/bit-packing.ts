/** Joins 1-bit frames: a frame begins in the byte in which the one before it ends (PS3.5 8.1.1). */
export interface BitPacker {
  /** Takes samples of one byte each; gives the bytes that are full. */
  add(samples: Uint8Array): Uint8Array<ArrayBuffer>
  /** The last byte, its unused bits 0, where one is begun. */
  end(): Uint8Array<ArrayBuffer>
}

/** Packs eight samples a byte, the first in the lowest bit (PS3.5 8.1.1). */
export function createBitPacker(): BitPacker {
  let begun = 0
  let bits = 0
  return {
    add(samples) {
      const full = new Uint8Array((bits + samples.length) >>> 3)
      let slot = 0
      for (const sample of samples) {
        begun |= (sample & 1) << bits
        bits += 1
        if (bits < 8) continue
        full[slot++] = begun
        begun = 0
        bits = 0
      }
      return full
    },
    end: () => (bits === 0 ? new Uint8Array(0) : Uint8Array.of(begun)),
  }
}

/** Samples of one byte each from bits, the first of which is `firstBit` of the first byte, counted from the lowest. */
export function unpackBits(packed: Uint8Array, count: number, firstBit = 0): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(count)
  for (let index = 0; index < count; index += 1) {
    const bit = firstBit + index
    samples[index] = ((packed[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
  }
  return samples
}
