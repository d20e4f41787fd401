import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { tags } from '@ahi-dicom/dicom-standard'
import {
  bytesInMemory,
  dataSetAttributes,
  openPart10,
  readPart10,
  UnreadableFileError,
  type ByteSource,
  type DataElement,
  type FileElement,
  type OpenedPart10,
} from '@ahi-dicom/dicom-standard/reader'
import { describe, expect, test } from 'vitest'

const shared = fileURLToPath(new URL('../../../../shared/dicom', import.meta.url))

test('attributes of a data set are text, numbers, bytes and items', () => {
  const dataSet = Buffer.concat([
    element(0x00080005, 'CS', Buffer.from('ISO_IR 144')),
    element(0x00100010, 'PN', Buffer.of(0xbb, 0x20)),
    element(0x00281050, 'DS', Buffer.from('40\\\\x ')),
    element(0x00280010, 'US', Buffer.of(2, 0)),
    element(0x00283006, 'OW', Buffer.of(1, 2)),
    element(0x00091001, 'LO', Buffer.from('own ')),
  ])
  const attributes = dataSetAttributes(readPart10(part10(dataSet)).dataSet)
  expect(attributes.string('PatientName')).toBe('Л')
  expect(attributes.numbers('WindowCenter')).toEqual([40, Number.NaN, Number.NaN])
  expect(attributes.number('WindowCenter')).toBe(40)
  expect(attributes.number('Rows')).toBe(2)
  expect(attributes.bytes('LUTData')).toEqual(Buffer.of(1, 2))
  expect(attributes.string('00091001')).toBe('own')
  expect(attributes.string('PatientID')).toBeUndefined()
  expect(attributes.items('VOILUTSequence')).toEqual([])
  expect([...attributes.keywords()]).toContain('00091001')
})

describe('an opened file', () => {
  test.skipIf(!existsSync(shared))(
    'has the elements that it has when it is read whole',
    { timeout: 120_000 },
    async () => {
      const names = readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
      expect(names.length).toBeGreaterThan(100)
      for (const name of names) {
        const bytes = readFileSync(join(shared, name))
        const whole = attempt(() => readPart10(bytes))
        if (whole === undefined || whole.transferSyntaxUid === '') continue
        const opened = await openPart10(bytesInMemory(bytes), { mostValueBytes: 100 })
        expect(inWords(await loaded(opened)), `file ${name}`).toEqual(inWords(whole.dataSet))
        expect(opened.transferSyntaxUid).toBe(whole.transferSyntaxUid)
        expect([...opened.repeated]).toEqual([...whole.repeated])
      }
    },
  )

  test('is read in pieces; pixel data and large values are left in it', async () => {
    const large = element(0x00091010, 'OB', Buffer.alloc(3_000_000, 7))
    const pixels = element(tags.pixelData, 'OW', Buffer.alloc(5_000_000, 1))
    const bytes = part10(Buffer.concat([identity, large, pixels, element(0xfffcfffc, 'OB', Buffer.alloc(2))]))
    let read = 0
    const source: ByteSource = {
      byteLength: bytes.byteLength,
      async read(offset, byteLength) {
        read += byteLength
        return bytes.subarray(offset, offset + byteLength)
      },
    }
    const opened = await openPart10(source)
    expect([...opened.dataSet.keys()]).toEqual([tags.sopInstanceUid, 0x00091010, tags.pixelData, 0xfffcfffc])
    expect(opened.dataSet.get(tags.pixelData)?.place?.byteLength).toBe(5_000_000)
    expect(read).toBeLessThan(1_500_000)
    expect(inWords(await loaded(opened))).toEqual(inWords(readPart10(bytes).dataSet))
  })

  test('may have a sequence of undefined length that exceeds a window', async () => {
    const item = Buffer.concat([
      header(0xfffee000, 0xffffffff),
      element(0x00080100, 'SH', Buffer.alloc(60_000, 'a')),
      header(0xfffee00d, 0),
    ])
    const items = Array.from({ length: 40 }, () => item)
    const sequence = Buffer.concat([
      Buffer.from('\x08\0\x15\x11SQ\0\0\xff\xff\xff\xff', 'latin1'),
      ...items,
      header(0xfffee0dd, 0),
    ])
    const bytes = part10(Buffer.concat([identity, sequence, element(tags.rows, 'US', Buffer.of(1, 0))]))
    const { dataSet } = await openPart10(bytesInMemory(bytes))
    expect(dataSet.get(0x00081115)?.items).toHaveLength(40)
    expect(dataSet.get(tags.rows)?.value).toEqual(Buffer.of(1, 0))
  })

  test('may be deflated', async () => {
    const body = Buffer.concat([identity, element(tags.pixelData, 'OW', Buffer.alloc(40, 3))])
    const opened = await openPart10(bytesInMemory(part10(deflateRawSync(body), '1.2.840.10008.1.2.1.99')))
    expect((await loaded(opened)).get(tags.pixelData)?.value).toEqual(Buffer.alloc(40, 3))
  })

  test.each([
    ['Explicit VR Little Endian', identityOf(true), '1.2.840.10008.1.2.1'],
    [
      'Implicit VR Little Endian',
      Buffer.concat([header(tags.sopInstanceUid, 4), Buffer.from('1.2\0')]),
      '1.2.840.10008.1.2',
    ],
    ['Explicit VR Big Endian', identityOf(false), '1.2.840.10008.1.2.2'],
  ])('may begin with its data set in %s', async (_, bytes, transferSyntaxUid) => {
    const opened = await openPart10(bytesInMemory(bytes))
    expect(opened.transferSyntaxUid).toBe(transferSyntaxUid)
    expect(opened.dataSet.get(tags.sopInstanceUid)?.value).toEqual(Buffer.from('1.2\0'))
  })

  test('may have group 2 and no preamble', async () => {
    const opened = await openPart10(bytesInMemory(part10(identity).subarray(132)))
    expect(opened.dataSet.get(tags.sopInstanceUid)?.value).toEqual(Buffer.from('1.2\0'))
  })

  test.each([0, 1, 7, 8, 131, 200])('of %i bytes of text is not DICOM', async (length) => {
    const text = Buffer.alloc(length, 'A list of patients. ')
    await expect(openPart10(bytesInMemory(text))).rejects.toMatchObject({ code: 'NOT_DICOM' })
  })

  test('is never read as complete if it is cut short', async () => {
    const fragments = Buffer.concat([
      Buffer.from('\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff', 'latin1'),
      header(0xfffee000, 0),
      header(0xfffee000, 4),
      Buffer.from('abcd'),
      header(0xfffee0dd, 0),
    ])
    const bytes = part10(Buffer.concat([identity, fragments]))
    const ends = [
      bytes.byteLength - fragments.byteLength,
      bytes.byteLength - fragments.byteLength - identity.byteLength,
    ]
    for (let length = 140; length < bytes.byteLength; length += 1) {
      if (ends.includes(length)) continue
      const opening = openPart10(bytesInMemory(bytes.subarray(0, length)))
      await expect(opening, `${length} bytes`).rejects.toThrow(UnreadableFileError)
    }
  })
})

const identity = identityOf(true)

function identityOf(isLittleEndian: boolean): Buffer {
  const bytes = element(tags.sopInstanceUid, 'UI', Buffer.from('1.2\0'))
  if (isLittleEndian) return bytes
  return Buffer.concat([Buffer.of(0, 8, 0, 0x18), Buffer.from('UI'), Buffer.of(0, 4), Buffer.from('1.2\0')])
}

function part10(dataSet: Buffer, transferSyntaxUid = '1.2.840.10008.1.2.1\0'): Buffer {
  const syntax = element(tags.transferSyntaxUid, 'UI', Buffer.from(transferSyntaxUid))
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), syntax, dataSet])
}

function header(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(tag >>> 16, 0)
  bytes.writeUInt16LE(tag & 0xffff, 2)
  bytes.writeUInt32LE(length, 4)
  return bytes
}

function element(tag: number, vr: string, value: Buffer): Buffer {
  const start = header(tag, 0)
  start.write(vr, 4, 'latin1')
  if (vr === 'OB' || vr === 'OW') {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(value.byteLength)
    return Buffer.concat([start, length, value])
  }
  start.writeUInt16LE(value.byteLength, 6)
  return Buffer.concat([start, value])
}

/** Returns the elements as if nothing had been left in the file. */
async function loaded({ dataSet, source }: OpenedPart10): Promise<ReadonlyMap<number, DataElement>> {
  const elements = new Map<number, DataElement>()
  for (const [tag, found] of dataSet) elements.set(tag, await loadedElement(found, source))
  return elements
}

async function loadedElement(found: FileElement, source: ByteSource): Promise<DataElement> {
  const { place, fragmentPlaces, ...rest } = found
  if (place !== undefined) return { ...rest, value: await source.read(place.offset, place.byteLength) }
  if (fragmentPlaces === undefined) return rest
  const fragments = fragmentPlaces.map(({ offset, byteLength }) => source.read(offset, byteLength))
  return { ...rest, fragments: await Promise.all(fragments) }
}

/** Describes an element, with its bytes as a digest, because matchers are slow on bytes. */
function inWords(dataSet: ReadonlyMap<number, DataElement>): string[] {
  return [...dataSet].map(([tag, { vr, value, isBigEndian, items = [], fragments = [] }]) => {
    const bytes = [value, ...fragments].map((part) => `${part.byteLength}:${hash('sha256', part)}`)
    return `${tag} ${vr} ${isBigEndian} ${bytes.join(' ')} ${items.map((item) => inWords(item).join()).join('|')}`
  })
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}
