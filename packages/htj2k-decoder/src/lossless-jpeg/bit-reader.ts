/** Reads coded samples of a JPEG bit by bit, the highest bit of a byte first (T.81 F.2.2.5). */
export interface BitReader {
  /** Returns the next 16 bits without consuming them. Bits beyond the end are 0. */
  peek(): number
  /**
   * Consumes bits.
   *
   * @throws {Error} if fewer are left
   */
  skip(count: number): void
  /** Reads up to 16 bits as a number. */
  read(count: number): number
  /**
   * Consumes the restart marker at the end of an interval.
   *
   * @throws {Error} if the interval has more samples, or another marker follows
   */
  restart(index: number): void
  /** Checks that only padding is left. Returns the offset of the next marker. */
  end(): number
}

const marker = 0xff
const stuffed = 0x00
const firstRestart = 0xd0
const restarts = 8

/** Creates a reader that starts at an offset and ends at a marker. */
export function createBitReader(bytes: Uint8Array, start: number): BitReader {
  let offset = start
  /** Bits that were read but not consumed, in the low `count` bits. */
  let held = 0
  let count = 0

  function fill(): void {
    while (count <= 16) {
      const byte = bytes[offset]
      if (byte === undefined || (byte === marker && bytes[offset + 1] !== stuffed)) return
      held = ((held << 8) | byte) & 0xffffff
      count += 8
      offset += byte === marker ? 2 : 1
    }
  }

  function peek(): number {
    if (count < 16) fill()
    return count >= 16 ? (held >>> (count - 16)) & 0xffff : (held << (16 - count)) & 0xffff
  }

  function skip(taken: number): void {
    if (taken > count) fill()
    if (taken > count) throw new Error('its coded samples end early')
    count -= taken
  }

  /** Encoders fill the last byte with ones, and some add bytes. */
  function requireOnlyPadding(): void {
    count -= count % 8
    for (fill(); count > 0; fill()) {
      const byte = (held >>> (count - 8)) & 0xff
      if (byte !== 0x00 && byte !== 0xff) throw new Error('bytes follow its coded samples')
      count -= 8
    }
  }

  return {
    peek,
    skip,
    read(length) {
      if (length === 0) return 0
      const value = peek() >>> (16 - length)
      skip(length)
      return value
    },
    restart(index) {
      requireOnlyPadding()
      const expected = firstRestart + (index % restarts)
      if (bytes[offset] !== marker || bytes[offset + 1] !== expected) throw new Error('a restart marker is missing')
      offset += 2
    },
    end() {
      requireOnlyPadding()
      return offset
    },
  }
}
