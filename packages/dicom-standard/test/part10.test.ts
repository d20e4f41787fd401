import { tags } from '@ahi-dicom/dicom-standard'
import {
  hasPart10Prefix,
  itemHeader,
  longElementHeader,
  readHeaderStart,
  sequenceDelimiter,
  undefinedLength,
} from '@ahi-dicom/dicom-standard/part10'
import { expect, test } from 'vitest'

const explicit = { isExplicit: true, isLittleEndian: true }
const implicit = { isExplicit: false, isLittleEndian: true }
const bigEndian = { isExplicit: true, isLittleEndian: false }

function read(text: string, encoding: typeof explicit): ReturnType<typeof readHeaderStart> {
  const bytes = Uint8Array.from(Buffer.from(`-${text}`, 'latin1'))
  return readHeaderStart(new DataView(bytes.buffer), 1, encoding)
}

test.each([
  ['a VR with a length of 16 bits', '\x10\0\x20\0LO\x04\x01', explicit, { tag: 0x00100020, vr: 'LO', length: 0x104 }],
  ['a VR with a length of 32 bits', '\xe0\x7f\x10\0OW\0\0', explicit, { tag: tags.pixelData, vr: 'OW' }],
  ['a VR that does not exist yet', '\xe0\x7f\x10\0XX\0\0', explicit, { tag: tags.pixelData, vr: 'XX' }],
  ['big endian', '\0\x10\0\x20LO\x01\x04', bigEndian, { tag: 0x00100020, vr: 'LO', length: 0x104 }],
  ['implicit VR', '\x10\0\x20\0LO\x04\x01', implicit, { tag: 0x00100020, length: 0x01044f4c }],
  ['a missing VR', '\x10\0\x20\0\x02\0\0\0', explicit, { tag: 0x00100020, length: 2 }],
  ['an item', '\xfe\xff\0\xe0\xff\xff\xff\xff', explicit, { tag: tags.item, length: undefinedLength }],
  ['a delimiter', '\xff\xfe\xe0\xdd\0\0\0\0', bigEndian, { tag: tags.sequenceDelimitationItem, length: 0 }],
])('reads the start of a header: %s', (_, text, encoding, start) => {
  expect(read(text, encoding)).toEqual(start)
})

test('reads the headers that it writes', () => {
  const header = new DataView(longElementHeader(tags.pixelData, 'OB', undefinedLength).buffer)
  expect(readHeaderStart(header, 0, explicit)).toEqual({ tag: tags.pixelData, vr: 'OB' })
  expect([header.byteLength, header.getUint32(8, true)]).toEqual([12, undefinedLength])
  const item = new DataView(itemHeader(6).buffer)
  expect(readHeaderStart(item, 0, explicit)).toEqual({ tag: tags.item, length: 6 })
  const delimiter = new DataView(sequenceDelimiter.buffer)
  expect(readHeaderStart(delimiter, 0, explicit)).toEqual({ tag: tags.sequenceDelimitationItem, length: 0 })
})

test('recognises a Part 10 file by its prefix', () => {
  const file = Buffer.concat([new Uint8Array(128), Buffer.from('DICM')])
  expect([file, file.subarray(1), Buffer.from('DICM')].map(hasPart10Prefix)).toEqual([true, false, false])
})
