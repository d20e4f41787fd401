/** Reads the header of a packet bit by bit, the highest bit of a byte first. */
export interface PacketBits {
  /** Takes bits as a number. Bits behind the limit are 1. */
  read(count: number): number
  /** Whether bits behind the limit were read. */
  isBeyond(): boolean
  /** Returns the offset of the first byte behind the header. */
  end(): number
}

/** Makes a reader from an offset on. A byte that follows FF has 7 bits (T.800 B.10.1). */
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
