/** Packs 1-bit frames without gaps: a frame may begin inside the last byte of the previous one (PS3.5 8.1.1). */
export interface BitPacker {
  /** Adds samples of one byte each. Returns the bytes that are complete. */
  add(samples: Uint8Array): Uint8Array<ArrayBuffer>
  /** Returns the last byte, padded with zero bits, or no byte if none is incomplete. */
  end(): Uint8Array<ArrayBuffer>
}

/** Returns a packer that puts eight samples in a byte, the first in the lowest bit (PS3.5 8.1.1). */
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

/**
 * Returns `count` packed samples as one byte each. `firstBit` is the bit of the first sample, counted from the lowest
 * bit of the first byte.
 */
export function unpackBits(packed: Uint8Array, count: number, firstBit = 0): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(count)
  for (let index = 0; index < count; index += 1) {
    const bit = firstBit + index
    samples[index] = ((packed[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
  }
  return samples
}
