/** Reads the header of a packet bit by bit, the highest bit of a byte first. */
export interface PacketBits {
  /** Reads `count` bits as a number. Bits beyond the limit are 1. */
  read(count: number): number
  /** Returns true if bits beyond the limit were read. */
  isBeyond(): boolean
  /** Returns the offset of the first byte after the header. */
  end(): number
}

/** Creates a reader that starts at an offset. After a byte FF, the next byte has 7 bits (T.800 B.10.1). */
export function createPacketBits(codeStream: DataView, start: number, limit: number): PacketBits {
  let offset = start
  let byte = 0
  let left = 0

  function readBit(): number {
    if (left === 0) {
      left = byte === 0xff ? 7 : 8
      byte = offset < limit ? codeStream.getUint8(offset) : 0xff
      offset += 1
    }
    left -= 1
    return (byte >> left) & 1
  }

  return {
    read(count) {
      let value = 0
      for (let bit = 0; bit < count; bit += 1) value = 2 * value + readBit()
      return value
    },
    isBeyond: () => offset > limit,
    end: () => (byte === 0xff ? offset + 1 : offset),
  }
}
