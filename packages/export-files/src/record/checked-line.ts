import { crc32 } from 'node:zlib'
import { printableJson } from '@ahi-dicom/ahi-metadata'
import { parseJson } from '../reading/json-members.ts'

/** Result of {@link readCheckedLine}. */
export interface CheckedLine {
  /** Value of the line. Undefined if the line is not JSON. */
  readonly value: unknown
  /** `absent` for lines of older versions, `wrong` for lines that were changed after they were written. */
  readonly checksum: 'right' | 'wrong' | 'absent'
}

/**
 * Returns an entry as a line without its line feed. The last member is the CRC-32 of the JSON text of the other
 * members.
 */
export function checkedLine(entry: object): string {
  const text = printableJson(JSON.stringify(entry))
  return `${text.slice(0, -1)},"crc32":"${checksumOf(text)}"}`
}

/** Parses a line of {@link checkedLine} and compares its checksum. */
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
