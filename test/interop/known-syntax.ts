import { readFile, writeFile } from 'node:fs/promises'

const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99'

/** HTJ2K is younger than the gdcm and dicom3tools of current Linux distributions; JPEG 2000 is encapsulated alike. */
const JPEG_2000_FOR_HTJ2K: readonly (readonly [string, string])[] = [
  ['1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.90'],
  ['1.2.840.10008.1.2.4.202', '1.2.840.10008.1.2.4.90'],
  ['1.2.840.10008.1.2.4.203', '1.2.840.10008.1.2.4.91'],
]

/** Group 2 of every file ends before. */
const HEAD_LENGTH = 1024
/** Behind preamble, prefix and the header of the group length. */
const GROUP_LENGTH_OFFSET = 128 + 4 + 8

/**
 * The path of a copy that differs in its TransferSyntaxUID alone, JPEG 2000 in place of HTJ2K, so that readers that have
 * not heard of HTJ2K can judge everything but the code streams. Of a file that is not in HTJ2K, its own path.
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
  return (await readFile(path))
    .subarray(0, HEAD_LENGTH)
    .includes(transferSyntaxElement(DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN))
}

function transferSyntaxElement(uid: string): Buffer {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1')
  const header = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0x00])
  return Buffer.concat([header, value])
}
