import { crc32 } from '@ahi-dicom/runtime'

/**
 * The two possible checksums of an encapsulated frame, because a fragment does not tell if its last byte is padding.
 */
export interface EncodedChecksum {
  add(bytes: Uint8Array): void
  /** Returns the CRC-32 of all bytes. */
  whole(): number
  /** Returns the CRC-32 of all bytes but the last, which may pad the fragment to an even length (PS3.5 A.4). */
  unpadded(): number
}

/** Returns an object that computes both checksums of the bytes added to it. */
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
