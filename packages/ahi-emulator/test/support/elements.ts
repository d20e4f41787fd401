import { deflateRawSync } from 'node:zlib'

/** Builds elements and delimiters in Explicit VR Little Endian by hand, so that they can be invalid. */

const undefinedLength = 0xffffffff
const longVrs: ReadonlySet<string> = new Set(['OB', 'OW', 'SQ', 'UN', 'UT'])

/** Returns an element. `length` overrides the length of the value. */
export function element(tag: number, vr: string, value: Uint8Array | string, length?: number): Buffer {
  const bytes = Buffer.from(value)
  const padded = Buffer.concat([bytes, Buffer.alloc(bytes.byteLength % 2, vr === 'UI' ? 0 : 32)])
  const header = Buffer.alloc(longVrs.has(vr) ? 12 : 8)
  header.writeUInt16LE(tag >>> 16, 0)
  header.writeUInt16LE(tag & 0xffff, 2)
  header.write(vr, 4, 'latin1')
  if (longVrs.has(vr)) header.writeUInt32LE(length ?? padded.byteLength, 8)
  else header.writeUInt16LE(length ?? padded.byteLength, 6)
  return Buffer.concat([header, padded])
}

/** Returns the header of a sequence of undefined length. */
export function openSequence(tag: number, vr = 'SQ'): Buffer {
  return element(tag, vr, '', undefinedLength)
}

/** Returns the header of an item. Default: undefined length. */
export function item(length: number = undefinedLength): Buffer {
  return delimiter(0xe000, length)
}

export const itemDelimiter: Buffer = delimiter(0xe00d, 0)
export const sequenceDelimiter: Buffer = delimiter(0xe0dd, 0)

function delimiter(number: number, length: number): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16LE(0xfffe, 0)
  header.writeUInt16LE(number, 2)
  header.writeUInt32LE(length, 4)
  return header
}

/**
 * Returns a file with the UIDs that an import requires, and the given parts, whose groups are between 0008 and 0020.
 */
export function fileOf(parts: readonly Uint8Array[], { transferSyntax = '1.2.840.10008.1.2.1' } = {}): Buffer {
  const dataSet = Buffer.concat([
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
    element(0x00080018, 'UI', '2.25.1'),
    ...parts,
    element(0x0020000d, 'UI', '2.25.10'),
    element(0x0020000e, 'UI', '2.25.100'),
  ])
  const isDeflated = transferSyntax === '1.2.840.10008.1.2.1.99'
  return Buffer.concat([prefix(transferSyntax), isDeflated ? deflateRawSync(dataSet) : dataSet])
}

/** Returns the preamble, the prefix and the TransferSyntaxUID of a file. */
export function prefix(transferSyntax: string): Buffer {
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00020010, 'UI', transferSyntax)])
}
