import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { encodePart10, MetadataError, type InstanceNotice } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { bytesOf, ctImageStorage, imageInstance } from './instances.ts'
import { readBack, type DumpedElement } from './read-back.ts'
import { hasCommand, hasPydicom, run } from './tools.ts'

interface Case {
  readonly key: string
  readonly value: JsonValue
  readonly vrs?: Readonly<Record<string, string>>
  readonly tag: string
  readonly written: DumpedElement
}

const floats = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => Buffer.from(new Float64Array([number]).buffer).toString('hex'))

const cases: readonly Case[] = [
  // Numbers that their VR cannot hold
  { key: 'Rows', value: 70_000, tag: '00280010', written: { vr: 'SL', value: ['70000'] } },
  { key: 'Rows', value: -1, tag: '00280010', written: { vr: 'SL', value: ['-1'] } },
  { key: 'Rows', value: 2 ** 32 - 1, tag: '00280010', written: { vr: 'UL', value: ['4294967295'] } },
  { key: 'Rows', value: 2 ** 40, tag: '00280010', written: { vr: 'UV', value: ['1099511627776'] } },
  { key: 'Rows', value: -(2n ** 63n), tag: '00280010', written: { vr: 'SV', value: ['-9223372036854775808'] } },
  { key: 'Rows', value: 2n ** 64n, tag: '00280010', written: { vr: 'UT', value: '18446744073709551616' } },
  { key: 'Rows', value: 1.5, tag: '00280010', written: { vr: 'FD', value: floats(1.5) } },
  { key: 'Rows', value: 1e300, tag: '00280010', written: { vr: 'FD', value: floats(1e300) } },
  { key: 'BeamAngle', value: 1e39, tag: '00189449', written: { vr: 'FD', value: floats(1e39) } },
  { key: 'EncapsulatedDocument', value: [300, 2], tag: '00420011', written: { vr: 'SL', value: ['300', '2'] } },
  // Text in place of numbers, tags or bytes
  { key: 'Rows', value: 'secret', tag: '00280010', written: { vr: 'UT', value: 'secret' } },
  { key: 'Rows', value: [1, null, 'x'], tag: '00280010', written: { vr: 'UC', value: '1\\\\x' } },
  { key: 'PhysicalDeltaX', value: 'größer', tag: '0018602C', written: { vr: 'UT', value: 'größer' } },
  {
    key: 'FrameIncrementPointer',
    value: ['secret', '00181063'],
    tag: '00280009',
    written: { vr: 'UC', value: 'secret\\00181063' },
  },
  { key: 'EncapsulatedDocument', value: 'secret!', tag: '00420011', written: { vr: 'UT', value: 'secret!' } },
  {
    key: '00091001',
    value: 'not base64',
    vrs: { '00091001': 'UN' },
    tag: '00091001',
    written: { vr: 'UT', value: 'not base64' },
  },
  // Numbers that are not finite. pydicom fails at the file, because it cannot convert them to integers.
  ...['1e999', '-Infinity', ' -inf ', 'INFINITY', '5\\1e400'].map((value) => ({
    key: 'InstanceNumber',
    value,
    tag: '00200013',
    written: { vr: 'UT', value: value.trimEnd() },
  })),
  {
    key: 'ReferencedFrameNumber',
    value: ['1', 'Infinity'],
    tag: '00081160',
    written: { vr: 'UC', value: '1\\Infinity' },
  },
  { key: 'InstanceNumber', value: Infinity, tag: '00200013', written: { vr: 'FD', value: floats(Infinity) } },
  { key: 'PatientWeight', value: -Infinity, tag: '00101030', written: { vr: 'FD', value: floats(-Infinity) } },
  { key: 'PhysicalDeltaX', value: '1e999', tag: '0018602C', written: { vr: 'UT', value: '1e999' } },
  { key: 'PhysicalDeltaX', value: '0x10', tag: '0018602C', written: { vr: 'UT', value: '0x10' } },
  // Objects and booleans
  { key: 'PatientID', value: { secret: 'a' }, tag: '00100020', written: { vr: 'UT', value: '{"secret":"a"}' } },
  { key: 'PatientID', value: true, tag: '00100020', written: { vr: 'UT', value: 'true' } },
  {
    key: 'PatientID',
    value: ['a', ['b', 2n ** 60n]],
    tag: '00100020',
    written: { vr: 'UT', value: '["a",["b","1152921504606846976"]]' },
  },
  { key: 'Rows', value: { secret: 1 }, tag: '00280010', written: { vr: 'UT', value: '{"secret":1}' } },
  {
    key: 'PatientName',
    value: { Alphabetic: { secret: 1 } },
    tag: '00100010',
    written: { vr: 'UT', value: '{"Alphabetic":{"secret":1}}' },
  },
  {
    key: 'PatientID',
    value: [{ Modality: 'CT' }],
    tag: '00100020',
    written: { vr: 'SQ', value: [{ '00080060': { vr: 'CS', value: 'CT' } }] },
  },
  // Sequences of other values than items
  {
    key: 'RequestAttributesSequence',
    value: ['secret', { Modality: 'CT' }],
    tag: '00400275',
    written: {
      vr: 'SQ',
      value: [{ '0040A160': { vr: 'UT', value: 'secret' } }, { '00080060': { vr: 'CS', value: 'CT' } }],
    },
  },
  {
    key: 'RequestAttributesSequence',
    value: [[1]],
    tag: '00400275',
    written: { vr: 'SQ', value: [{ '0040A160': { vr: 'UT', value: '[1]' } }] },
  },
  // Characters beyond the repertoire of the VR
  { key: 'BodyPartExamined', value: '胸部', tag: '00180015', written: { vr: 'UC', value: '胸部' } },
  { key: 'RetrieveURL', value: 'http://host/胸部', tag: '00081190', written: { vr: 'UT', value: 'http://host/胸部' } },
  // Values that are too long for the length field
  {
    key: 'RecommendedDisplayFrameRateInFloat',
    value: Array<number>(16_384).fill(0),
    tag: '00089459',
    written: { vr: 'UN', value: Buffer.alloc(65_536).toString('base64') },
  },
]

function encoded(
  attributes: AttributeMap,
  vrs: Readonly<Record<string, string>> = {},
): { readonly file: Uint8Array; readonly notices: readonly InstanceNotice[] } {
  const notices: InstanceNotice[] = []
  const base = { SpecificCharacterSet: ['ISO_IR 192'], SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3' }
  const file = encodePart10({ attributes: { ...base, ...attributes }, vrs, onNotice: (notice) => notices.push(notice) })
  return { file, notices }
}

describe('a value that does not fit its VR', () => {
  const files = cases.map(({ key, value, vrs }) => encoded({ [key]: value }, vrs))

  test.each(cases.map(({ key, value, tag }, index) => ({ key, value, tag, index })))(
    'is reported once, without the value: $key $value',
    ({ tag, index }) => {
      const { notices = [] } = files[index] ?? {}
      expect(notices).toEqual([
        { code: 'VALUE_REPRESENTATION_BROKEN', tag, message: expect.stringMatching(/written as/), isLoss: false },
      ])
      expect(JSON.stringify(notices)).not.toContain('secret')
    },
  )

  test.skipIf(!hasPydicom())('is read by pydicom', () => {
    const read = readBack(files.map(({ file }) => file)).map(({ dataSet }, index) => dataSet[cases[index]?.tag ?? ''])
    expect(read).toEqual(cases.map(({ written }) => written))
  })

  test.skipIf(!hasCommand('dcmdump'))('is read by dcmdump without complaint', () => {
    for (const { status, output, vr } of dumps('dcmdump', ['+L'])) {
      expect(status).toBe(0)
      expect(output).not.toMatch(/^[EW]: /m)
      expect(output).toMatch(new RegExp(`\\) ${vr} `))
    }
  })

  test.skipIf(!hasCommand('gdcmdump'))('is read by gdcmdump without complaint', () => {
    for (const { status, output, vr } of dumps('gdcmdump', [])) {
      expect(status).toBe(0)
      expect(output).not.toMatch(/error|warning/i)
      expect(output).toMatch(new RegExp(`\\) ${vr} `))
    }
  })

  function dumps(
    command: string,
    options: readonly string[],
  ): { readonly status: number | null; readonly output: string; readonly vr: string }[] {
    const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
    try {
      return files.map(({ file }, index) => {
        const path = join(folder, `${index}.dcm`)
        writeFileSync(path, file)
        return { ...run(command, [...options, path]), vr: cases[index]?.written.vr ?? '' }
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
})

describe('no notice for', () => {
  test.each<readonly [string, JsonValue, Readonly<Record<string, string>>]>([
    ['PatientWeight', 'heavy', {}],
    ['PatientWeight', '0,5', {}],
    ['PatientWeight', '-Infinity', {}],
    ['PatientWeight', '1e999', {}],
    ['InstanceNumber', 'NaN', {}],
    ['InstanceNumber', '0,5', {}],
    ['InstanceNumber', '1e21', {}],
    ['InstanceNumber', '123456789012345678901234567890', {}],
    ['PatientID', 'x'.repeat(1000), {}],
    ['Rows', [''], {}],
    ['Rows', [], {}],
    ['PhysicalDeltaX', ['NaN'], {}],
    ['00091001', [{ Modality: 'CT' }], { '00091001': 'UN' }],
    ['00091001', 'text, of an unknown VR', {}],
  ])('%s: %j', (key, value, vrs) => {
    expect(encoded({ [key]: value }, vrs).notices).toEqual([])
  })
})

test('characters beyond ASCII in a VR without character sets are written in ISO 8859-1', () => {
  const { file, notices } = encoded({ BodyPartExamined: 'SCHÄDEL' })
  expect(Buffer.from(file).includes(Buffer.from('CS\x08\0SCH\xc4DEL ', 'latin1'))).toBe(true)
  expect(notices).toMatchObject([{ code: 'VALUE_REPRESENTATION_BROKEN', tag: '00180015', isLoss: false }])
})

test('half of a surrogate pair is a loss', () => {
  const { notices } = encoded({ PatientComments: 'a\ud800b' })
  expect(notices).toMatchObject([{ code: 'VALUE_REPRESENTATION_BROKEN', tag: '00104000', isLoss: true }])
})

describe('a file lacks, and reports as a loss', () => {
  test.each<readonly [string, AttributeMap, string]>([
    ['a keyword that PS3.6 lacks', { SecretKeyword: 'secret' }, 'SecretKeyword'],
    ['a delimiter of items', { FFFEE00D: 'secret' }, 'FFFEE00D'],
    ['an element of a message (group 0000)', { AffectedSOPInstanceUID: '1.2' }, '00001000'],
    ['group 2 in an item', { RequestAttributesSequence: [{ TransferSyntaxUID: '1.2' }] }, '00020010'],
    ['two values of one element', { PatientID: 'a', '00100020': 'secret' }, '00100020'],
    ['an invalid SpecificCharacterSet', { SpecificCharacterSet: { secret: 1 } }, '00080005'],
    ['bulk data outside of the document', { EncapsulatedDocument: { BulkDataURI: 'https://secret' } }, '00420011'],
  ])('%s', (_title, attributes, tag) => {
    const { file, notices } = encoded(attributes)
    expect(notices).toEqual([{ code: 'ATTRIBUTE_NOT_WRITTEN', tag, message: expect.any(String), isLoss: true }])
    expect(Buffer.from(file).includes('secret')).toBe(false)
    expect(JSON.stringify(notices)).not.toContain('"secret')
  })

  test('no loss if the values of one element are equal', () => {
    expect(encoded({ PatientID: 'a', '00100020': 'a' }).notices).toEqual([])
  })
})

describe('the notices of an instance', () => {
  const broken = imageInstance([], {
    attributes: {
      Rows: 'many',
      SpecificCharacterSet: ['ISO_IR 100'],
      PatientName: '山田',
      RequestAttributesSequence: [{ Rows: 'many' }, { Rows: 'many' }, { Nonsense: 1 }],
    },
  })

  test('are about the last file, each once', async () => {
    expect(broken.notices).toEqual([])
    for (const _time of [1, 2]) {
      await bytesOf(broken.part10())
      expect(broken.notices.map(({ code, tag, isLoss }) => [code, tag, isLoss])).toEqual([
        ['VALUE_REPRESENTATION_BROKEN', '00280010', false],
        ['ATTRIBUTE_NOT_WRITTEN', 'Nonsense', true],
        ['CHARACTER_SET_CHANGED', '00080005', false],
      ])
    }
  })

  test('do not prevent reading the attributes', () => {
    expect(broken.attributes.string('Rows')).toBe('many')
    expect(broken.dataset).toMatchObject({ Rows: 'many' })
  })
})

test.each(['SOPClassUID', 'SOPInstanceUID'])('a %s that is not text is an error', (keyword) => {
  expect(() => encoded({ [keyword]: { secret: 1 } })).toThrow(MetadataError)
  expect(() => encoded({ [keyword]: { secret: 1 } })).not.toThrow(/secret/)
})
