import { crc32 } from 'node:zlib'
import { printableJson } from '@ahi-dicom/ahi-metadata'
import { parseJson } from '../reading/json-members.ts'

/** What {@link readCheckedLine} finds. */
export interface CheckedLine {
  /** Undefined if it is not JSON. */
  readonly value: unknown
  /** `absent` in lines of older versions, `wrong` in lines that were changed after they were written. */
  readonly checksum: 'right' | 'wrong' | 'absent'
}

/** Returns an entry as a line without its line feed. The last member is a CRC-32 of the others, as they are written. */
export function checkedLine(entry: object): string {
  const text = printableJson(JSON.stringify(entry))
  return `${text.slice(0, -1)},"crc32":"${checksumOf(text)}"}`
}

/** Reads a line that {@link checkedLine} wrote. */
export function readCheckedLine(text: string): CheckedLine {
  const value = parseJson(text)
  const [, checksum] = endOfLine.exec(text.slice(-endLength)) ?? []
  if (checksum === undefined) return { value, checksum: 'absent' }
  return { value, checksum: checksumOf(`${text.slice(0, -endLength)}}`) === checksum ? 'right' : 'wrong' }
}

const endOfLine = /^,"crc32":"([0-9a-f]{8})"\}$/
const endLength = ',"crc32":"00000000"}'.length

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
