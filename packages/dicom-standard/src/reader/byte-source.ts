/** Bytes that can be read at any place, such as an open file. */
export interface ByteSource {
  readonly byteLength: number
  /** Returns exactly the requested bytes, or fewer at the end. */
  read(offset: number, byteLength: number): Promise<Uint8Array>
}

/** A range of bytes in a {@link ByteSource}. */
export interface ByteRange {
  readonly offset: number
  readonly byteLength: number
}

/**
 * Returns a source over bytes in memory.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { bytesInMemory, openPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const { transferSyntaxUid } = await openPart10(bytesInMemory(await readFile('CT0001.dcm')))
 * console.log(transferSyntaxUid) // 1.2.840.10008.1.2.1
 */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read: async (offset, byteLength) => bytes.subarray(offset, offset + byteLength),
  }
}
