import { readFile, writeFile } from 'node:fs/promises'

import {
  deflatedExplicitVrLittleEndian,
  htj2k,
  htj2kLossless,
  htj2kLosslessRpcl,
  jpeg2000,
  jpeg2000Lossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'

/** HTJ2K is younger than the gdcm and dicom3tools of current Linux distributions; JPEG 2000 is encapsulated alike. */
const JPEG_2000_FOR_HTJ2K: readonly (readonly [string, string])[] = [
  [htj2kLossless, jpeg2000Lossless],
  [htj2kLosslessRpcl, jpeg2000Lossless],
  [htj2k, jpeg2000],
]

/** Group 2 of every file ends before. */
const HEAD_LENGTH = 1024
/** Behind preamble, prefix and the header of the group length. */
const GROUP_LENGTH_OFFSET = 128 + 4 + 8

/**
 * The path of a copy that differs in its TransferSyntaxUID alone, JPEG 2000 in place of HTJ2K, so that readers that have
 * not heard of HTJ2K can judge everything but the code streams. For a file that is not in HTJ2K, its own path.
 */
export async function withKnownSyntax(path: string): Promise<string> {
  const file = await readFile(path)
  for (const [htj2k, jpeg2000] of JPEG_2000_FOR_HTJ2K) {
    const named = transferSyntaxElement(htj2k)
    const at = file.subarray(0, HEAD_LENGTH).indexOf(named)
    if (at < 0) continue
    const known = transferSyntaxElement(jpeg2000)
    file.writeUInt32LE(file.readUInt32LE(GROUP_LENGTH_OFFSET) + known.length - named.length, GROUP_LENGTH_OFFSET)
    const copy = `${path}.jpeg-2000`
    await writeFile(copy, Buffer.concat([file.subarray(0, at), known, file.subarray(at + named.length)]))
    return copy
  }
  return path
}

/** Whether a file is in Deflated Explicit VR Little Endian. */
export async function isDeflated(path: string): Promise<boolean> {
  return (await readFile(path)).subarray(0, HEAD_LENGTH).includes(transferSyntaxElement(deflatedExplicitVrLittleEndian))
}

function transferSyntaxElement(uid: string): Buffer {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1')
  const header = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0x00])
  return Buffer.concat([header, value])
}
