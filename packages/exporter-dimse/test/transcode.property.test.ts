import * as fc from 'fast-check'
import { explicitVrLittleEndian, implicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { valueRepresentation } from '@ahi-dicom/dicom-standard'
import { readPart10, type DataSet } from '@ahi-dicom/dicom-standard/reader'
import { expect, test } from 'vitest'
import { createByteReader } from '../src/part10/byte-reader.ts'
import { UnusableFileError } from '../src/part10/unusable-file-error.ts'
import { explicitToImplicit } from '../src/transcode/explicit-to-implicit.ts'

/** An element with bytes or items. */
interface Element {
  readonly tag: number
  readonly vr: string
  readonly value: Uint8Array | readonly Item[]
  /** True if the sequence has an undefined length. */
  readonly isOpen: boolean
}
interface Item {
  readonly elements: readonly Element[]
  readonly isOpen: boolean
}

/** Tags that the dictionary knows, so that the reader of implicit VR finds the same VR, and private ones. */
const tagsByVr: readonly (readonly [number, string])[] = [
  [0x00080000, 'UL'],
  [0x00080016, 'UI'],
  [0x00080060, 'CS'],
  [0x00100010, 'PN'],
  [0x00100020, 'LO'],
  [0x00110010, 'LO'],
  [0x00111001, 'UN'],
  [0x00201041, 'DS'],
  [0x00280010, 'US'],
  [0x0040a160, 'UT'],
  [0x00189087, 'FD'],
  [0x7fe00010, 'OW'],
]
const sequenceTags = [0x00081140, 0x0040a730, 0x30060010]

const items: fc.Arbitrary<readonly Item[]> = fc.letrec<{ items: readonly Item[]; elements: readonly Element[] }>(
  (tie) => ({
    items: fc.array(fc.record({ elements: tie('elements'), isOpen: fc.boolean() }), {
      maxLength: 3,
    }),
    elements: fc
      .array(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          fc
            .tuple(fc.constantFrom(...tagsByVr), fc.uint8Array({ maxLength: 40 }))
            .map(([[tag, vr], bytes]) => ({ tag, vr, value: evenBytes(tag, bytes), isOpen: false })),
          fc.record({
            tag: fc.constantFrom(...sequenceTags),
            vr: fc.constant('SQ'),
            value: tie('items'),
            isOpen: fc.boolean(),
          }),
        ),
        { maxLength: 6 },
      )
      .map((elements) =>
        [...new Map(elements.map((element) => [element.tag, element])).values()].sort((a, b) => a.tag - b.tag),
      ),
  }),
).items
const dataSets = items.map((list) =>
  list
    .flatMap(({ elements }) => elements)
    .slice(0, 1)
    .concat(list[0]?.elements ?? []),
)

function evenBytes(tag: number, bytes: Uint8Array): Uint8Array {
  return (tag & 0xffff) === 0 ? new Uint8Array(4) : bytes.subarray(0, bytes.byteLength & ~1)
}

function encode(elements: readonly Element[]): Buffer {
  return Buffer.concat(
    elements.map(({ tag, vr, value, isOpen }) => {
      const content = value instanceof Uint8Array ? Buffer.from(value) : encodeItems(value, isOpen)
      const length = isOpen ? 0xffffffff : content.byteLength
      const isLong = valueRepresentation(vr)?.longLength === true
      const header = Buffer.alloc(isLong ? 12 : 8)
      header.writeUInt16LE(tag >>> 16, 0)
      header.writeUInt16LE(tag & 0xffff, 2)
      header.write(vr, 4, 'latin1')
      if (isLong) header.writeUInt32LE(length, 8)
      else header.writeUInt16LE(length, 6)
      return Buffer.concat([header, content])
    }),
  )
}

function encodeItems(list: readonly Item[], isOpen: boolean): Buffer {
  const parts = list.map((item) => {
    const content = encode(item.elements)
    const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0])
    header.writeUInt32LE(item.isOpen ? 0xffffffff : content.byteLength, 4)
    return Buffer.concat([
      header,
      content,
      item.isOpen ? Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]) : Buffer.alloc(0),
    ])
  })
  return Buffer.concat([...parts, isOpen ? Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]) : Buffer.alloc(0)])
}

async function transcode(bytes: Uint8Array, pieceLength: number): Promise<Buffer> {
  const out: Buffer[] = []
  function* pieces() {
    for (let at = 0; at < bytes.byteLength; at += pieceLength) yield bytes.slice(at, at + pieceLength)
  }
  await explicitToImplicit(createByteReader(pieces()), (piece) => void out.push(Buffer.from(piece)))
  return Buffer.concat(out)
}

/** Reads a data set with the reader of files. */
function read(dataSet: Buffer, transferSyntaxUid: string): unknown {
  const padded = transferSyntaxUid.padEnd(transferSyntaxUid.length + (transferSyntaxUid.length % 2), '\0')
  const syntax = Buffer.concat([Buffer.from([2, 0, 0x10, 0]), Buffer.from('UI'), Buffer.from([padded.length, 0])])
  const file = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), syntax, Buffer.from(padded), dataSet])
  return plain(readPart10(file).dataSet)
}

function plain(dataSet: DataSet): unknown {
  return [...dataSet.values()]
    .filter(({ tag }) => (tag & 0xffff) !== 0)
    .map(({ tag, value, items }) => [tag, items === undefined ? Buffer.from(value).toString('hex') : items.map(plain)])
}

test('a data set reads the same in explicit and implicit VR, from pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(dataSets, fc.integer({ min: 1, max: 64 }), async (elements, pieceLength) => {
      const unique = [...new Map(elements.map((element) => [element.tag, element])).values()].sort(
        (a, b) => a.tag - b.tag,
      )
      const explicit = encode(unique)
      if (explicit.byteLength === 0) return
      const implicit = await transcode(explicit, pieceLength)
      expect(read(implicit, implicitVrLittleEndian)).toEqual(read(explicit, explicitVrLittleEndian))
    }),
    { numRuns: 500 },
  )
})

test('damaged data sets are refused or read', async () => {
  await fc.assert(
    fc.asyncProperty(
      dataSets,
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(),
      async (elements, at, byte, end) => {
        const bytes = encode(elements)
        if (bytes.byteLength === 0) return
        bytes[at % bytes.byteLength] = byte
        const cutShort = bytes.subarray(0, bytes.byteLength - (end % 3))
        const result: unknown = await transcode(cutShort, 50).catch((error: unknown) => error)
        expect(result instanceof UnusableFileError || result instanceof Buffer).toBe(true)
        // Delimiters replace lengths: 8 bytes for each sequence and item, whose headers also take 8 bytes.
        expect(result instanceof Buffer ? result.byteLength : 0).toBeLessThanOrEqual(2 * bytes.byteLength)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a UN of undefined length keeps its implicit items', async () => {
  const value = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff, 8, 0, 0x60, 0, 2, 0, 0, 0, 0x43, 0x54])
  const ends = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])
  const header = Buffer.from([0x11, 0, 1, 0x10, 0x55, 0x4e, 0, 0, 0xff, 0xff, 0xff, 0xff])
  const out = await transcode(Buffer.concat([header, value, ends]), 5)
  expect(out.toString('hex')).toBe(
    Buffer.concat([header.subarray(0, 4), header.subarray(8), value, ends]).toString('hex'),
  )
})

test('a sequence that exceeds its item is refused', async () => {
  const inner = Buffer.from([8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 100, 0, 0, 0])
  const item = Buffer.from([0xfe, 0xff, 0x00, 0xe0, inner.byteLength, 0, 0, 0])
  const header = Buffer.from([8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 20, 0, 0, 0])
  await expect(transcode(Buffer.concat([header, item, inner]), 100)).rejects.toThrow(UnusableFileError)
})
