import { crc32 } from '@ahi-dicom/runtime'

/** The checksums that the bytes of an encapsulated frame may have: a fragment does not say whether it is padded. */
export interface EncodedChecksum {
  add(bytes: Uint8Array): void
  /** CRC-32 of all bytes. */
  whole(): number
  /** CRC-32 of all bytes but the last, which pads a fragment to even length (PS3.5 A.4). */
  unpadded(): number
}

/** Computes both while the bytes pass. */
export function createEncodedChecksum(): EncodedChecksum {
  let before = 0
  let last: Uint8Array | undefined
  return {
    add(bytes) {
      if (bytes.length === 0) return
      if (last !== undefined) before = crc32(last, before)
      before = crc32(bytes.subarray(0, -1), before)
      last = bytes.slice(-1)
    },
    whole: () => (last === undefined ? before : crc32(last, before)),
    unpadded: () => before,
  }
}
