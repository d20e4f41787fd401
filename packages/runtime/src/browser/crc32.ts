import type { Crc32 } from '../contract.ts'

/** Eight tables. Table `n` has, for each byte, the CRC remainder of that byte followed by `n` zero bytes. */
const tables = makeTables()

function makeTables(): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xed_b8_83_20 : 0)
    return remainder
  })
  const made = [first]
  for (let index = 1; index < 8; index += 1) {
    const before = made[index - 1] ?? first
    made.push(before.map((remainder) => (remainder >>> 8) ^ at(first, remainder & 0xff)))
  }
  return made
}

function at(table: Uint32Array, byte: number): number {
  return table[byte] ?? 0
}

/** See {@link Crc32}. Reads eight bytes per step, which is several times faster than one. */
export const crc32: Crc32 = (bytes, before = 0) => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  let remainder = ~before
  let offset = 0
  if (t0 && t1 && t2 && t3 && t4 && t5 && t6 && t7) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const end = bytes.length - 7; offset < end; offset += 8) {
      const low = remainder ^ view.getUint32(offset, true)
      const high = view.getUint32(offset + 4, true)
      remainder =
        at(t7, low & 0xff) ^
        at(t6, (low >>> 8) & 0xff) ^
        at(t5, (low >>> 16) & 0xff) ^
        at(t4, low >>> 24) ^
        at(t3, high & 0xff) ^
        at(t2, (high >>> 8) & 0xff) ^
        at(t1, (high >>> 16) & 0xff) ^
        at(t0, high >>> 24)
    }
    for (; offset < bytes.length; offset += 1) {
      remainder = at(t0, (remainder ^ (bytes[offset] ?? 0)) & 0xff) ^ (remainder >>> 8)
    }
  }
  return ~remainder >>> 0
}
