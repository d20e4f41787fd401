import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { beforeAll, describe, expect, test } from 'vitest'

import { ctImageStorage } from './instances.ts'
import { readBack, type DumpedDataSet, type DumpedFile } from './read-back.ts'
import { hasCommand, hasPydicom, hasShared, python, run, sharedFolder } from './tools.ts'

const folder = 'dicom/pydicom-charsets/'
const specificCharacterSet = '00080005'
/** The escape sequence that returns G0 to ASCII. */
const ascii = '\x1b(B'

function fileOf(attributes: AttributeMap): Uint8Array {
  return encodePart10({ attributes: { SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3', ...attributes } })
}

/** Returns the bytes of an element, found without a parser: its tag and VR, then a 16-bit length. */
function valueBytes(file: Uint8Array, header: string): Buffer {
  const bytes = Buffer.from(file)
  const start = bytes.indexOf(Buffer.from(header, 'latin1'))
  return bytes.subarray(start + 8, start + 8 + bytes.readUInt16LE(start + 6))
}

function patientName(file: Uint8Array): Buffer {
  return valueBytes(file, '\x10\0\x10\0PN')
}

function characterSet(file: Uint8Array): string {
  return valueBytes(file, '\x08\0\x05\0CS').toString('latin1').trimEnd()
}

const hasFiles = hasShared(folder) && hasPydicom()

describe.skipIf(!hasFiles)('the files of pydicom', () => {
  const all = hasFiles ? readdirSync(new URL(folder, sharedFolder)) : []
  const names = all.filter((name) => name.endsWith('.dcm'))
  const paths = names.map((name) => fileURLToPath(new URL(folder + name, sharedFolder)))
  const cases = hasFiles ? charsetFiles(paths) : []
  const encoded = cases.map(({ attributes }) => fileOf(attributes))
  let files: readonly DumpedFile[]

  beforeAll(() => {
    files = readBack(encoded)
  })

  test.each(names.map((name, index) => ({ name, index })))(
    '$name keeps its character set and its text',
    ({ index }) => {
      expect(writtenTexts(files[index]?.dataSet ?? {})).toEqual(documentTexts(cases[index]?.attributes ?? {}))
    },
  )

  test.each(names.map((name, index) => ({ name, index })))('$name has the bytes of its text unchanged', ({ index }) => {
    const [written] = inFolder([encoded[index] ?? new Uint8Array(0)], charsetFiles)
    const original = cases[index]?.bytes ?? {}
    expect(Object.keys(original).length).toBeGreaterThan(0)
    expect(withoutEnds(written?.bytes ?? {})).toEqual(withoutEnds(original))
  })
})

/** Terms, and the SpecificCharacterSet value to test each with. */
const terms: Readonly<Record<string, readonly string[]>> = {
  'ISO_IR 100': ['ISO_IR 100'],
  'ISO_IR 101': ['ISO_IR 101'],
  'ISO_IR 109': ['ISO_IR 109'],
  'ISO_IR 110': ['ISO_IR 110'],
  'ISO_IR 144': ['ISO_IR 144'],
  'ISO_IR 127': ['ISO_IR 127'],
  'ISO_IR 126': ['ISO_IR 126'],
  'ISO_IR 138': ['ISO_IR 138'],
  'ISO_IR 148': ['ISO_IR 148'],
  'ISO_IR 13': ['ISO_IR 13'],
  'ISO_IR 166': ['ISO_IR 166'],
  GB18030: ['GB18030'],
  GBK: ['GBK'],
  'ISO 2022 IR 87': ['', 'ISO 2022 IR 87'],
  'ISO 2022 IR 159': ['', 'ISO 2022 IR 159'],
  'ISO 2022 IR 149': ['', 'ISO 2022 IR 149'],
  'ISO 2022 IR 58': ['', 'ISO 2022 IR 58'],
  'ISO 2022 IR 100': ['', 'ISO 2022 IR 100'],
  'ISO 2022 IR 144': ['ISO 2022 IR 100', 'ISO 2022 IR 144'],
}

/** Characters of Python's codecs that are not written in the term, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  // Added to ISO 8859-7 and 8859-8 after the registrations 126 and 138.
  'ISO_IR 126': '\u20ac\u20af\u037a',
  'ISO_IR 138': '\u200e\u200f',
  // In Python's codec the filler composes syllables with the characters after it.
  'ISO 2022 IR 149': '\u3164',
  // GB 18030-2005 moved the first, GB 18030-2022 the others.
  GB18030:
    '\u1e3f\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\ufe10\ufe11\ufe12\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19',
  // GB 2312 does not define which dot and dash its cells 1-4 and 1-10 are.
  'ISO 2022 IR 58': '\u30fb\u2015\u00b7\u2014',
}

/** dcmtk is built with iconv of the C library here, which lacks the Japanese sets without ASCII. */
const notOfDcmtk: ReadonlySet<string> = new Set(['ISO 2022 IR 87', 'ISO 2022 IR 159'])

function convertedByDcmtk(file: Uint8Array): Uint8Array {
  return inFolder([file], ([path = '']) => {
    const { status, output } = run('dcmconv', ['+U8', path, `${path}.utf8`])
    if (status !== 0) throw new Error(output)
    return readFileSync(`${path}.utf8`)
  })
}

const readsRepertoires = hasPydicom()

describe.skipIf(!readsRepertoires)('the whole repertoire', () => {
  const input = JSON.stringify(Object.keys(terms))
  const repertoires = readsRepertoires ? stringMap(python('charset_repertoires.py', [], input)) : {}
  const inside = Object.entries(terms).map(([term, value]) => {
    const without = exceptions[term] ?? ''
    const text = (repertoires[term] ?? '')
      .split('')
      .filter((character) => !without.includes(character))
      .join('')
    return { term, value, text }
  })
  let files: readonly DumpedFile[]

  beforeAll(() => {
    files = readBack(
      inside.map(({ value, text }) => fileOf({ SpecificCharacterSet: [...value], TextValue: `a${text}z\r\nb${text}` })),
    )
  })

  test.each(inside.map(({ term }, index) => ({ term, index })))('of $term are written in it', ({ index }) => {
    const { value: terms, text } = inside[index] ?? { value: [], text: '' }
    expect(text.length).toBeGreaterThan(30)
    expect(files[index]?.dataSet[specificCharacterSet]?.value).toBe(terms.join('\\'))
    // pydicom leaves the escape sequence of GB 2312 in the text.
    const value = files[index]?.dataSet['0040A160']?.value
    const read = typeof value === 'string' ? value.replaceAll('\x1b$)A', '') : ''
    expect(read === `a${text}z\r\nb${text}`).toBe(true)
  })

  test.skipIf(!hasCommand('dcmconv')).each(inside.filter(({ term }) => !notOfDcmtk.has(term)))(
    'of $term is converted to UTF-8 by dcmtk',
    ({ value, text }) => {
      // The C library has no control characters in some sets.
      const graphic = text.replace(/[\u0080-\u009f]/g, '')
      const written = fileOf({ SpecificCharacterSet: [...value], TextValue: graphic })
      const [file] = readBack([convertedByDcmtk(written)])
      expect(file?.dataSet[specificCharacterSet]?.value).toBe('ISO_IR 192')
      expect(file?.dataSet['0040A160']?.value).toBe(graphic)
    },
  )

  test.each(Object.keys(exceptions))('that %s lacks are written in ISO_IR 192', (term) => {
    for (const character of exceptions[term] ?? '') {
      const file = fileOf({ SpecificCharacterSet: [...(terms[term] ?? [])], PatientName: character })
      expect(patientName(file).toString('utf8').trim()).toBe(character)
    }
  })
})

describe('a character that does not fit', () => {
  test.each([
    [undefined],
    [null],
    [['ISO_IR 6']],
    [['ISO_IR 100']],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87']],
    [['GBK']],
    [['NONSENSE']],
  ])('in a data set of %j makes it ISO_IR 192', (terms) => {
    const file = fileOf({ ...(terms === undefined ? {} : { SpecificCharacterSet: terms }), PatientName: 'X\u{1f9b4}' })
    expect(valueBytes(file, '\x08\0\x05\0CS').toString('latin1')).toBe('ISO_IR 192')
    expect(patientName(file).toString('utf8').trimEnd()).toBe('X\u{1f9b4}')
  })
})

describe('ISO_IR 13, which has no tilde and no backslash', () => {
  const SpecificCharacterSet = ['ISO_IR 13']

  test.each([
    ['a tilde', { PatientID: 'a~b' }],
    ['a backslash of text of one value', { PatientComments: 'a\\b' }],
    ['a yen sign of text of several values', { PatientID: 'a\u00a5b' }],
  ])('is replaced by ISO_IR 192 for %s', (_, attributes) => {
    const file = fileOf({ SpecificCharacterSet, ...attributes })
    expect(characterSet(file)).toBe('ISO_IR 192')
    expect(Buffer.from(file).includes(Buffer.from(Object.values(attributes)[0] ?? '', 'utf8'))).toBe(true)
  })

  test('has an overline, a yen sign and the value delimiter', () => {
    const file = fileOf({
      SpecificCharacterSet,
      OtherPatientNames: ['\uff71', 'B'],
      PatientComments: 'a\u203eb\u00a5\uff71',
      BodyPartExamined: 'A~B',
    })
    expect(characterSet(file)).toBe('ISO_IR 13')
    expect(valueBytes(file, '\x10\0\x01\x10PN').toString('latin1').trimEnd()).toBe('\xb1\\B')
    expect(valueBytes(file, '\x10\0\x00\x40LT').toString('latin1').trimEnd()).toBe('a~b\\\xb1')
    expect(valueBytes(file, '\x18\0\x15\0CS').toString('latin1').trimEnd()).toBe('A~B')
  })
})

test.skipIf(!hasCommand('dcmconv') || !hasPydicom())('dcmtk reads the overline and the yen sign of ISO_IR 13', () => {
  const written = fileOf({ SpecificCharacterSet: ['ISO_IR 13'], PatientComments: 'a\u203eb\u00a5\uff71' })
  const [file] = readBack([convertedByDcmtk(written)])
  expect(file?.dataSet['00104000']?.value).toBe('a\u203eb\u00a5\uff71')
})

test('ISO_IR 203, which pydicom does not know, is ISO 8859-15', () => {
  const file = fileOf({ SpecificCharacterSet: ['ISO_IR 203'], PatientName: 'Œuvre^€Š' })
  expect(patientName(file).toString('latin1')).toBe('\xbcuvre^\xa4\xa6')
})

describe('terms that are not defined', () => {
  test.each([
    ['ISO-IR 100', 'ISO_IR 100'],
    ['ISO IR 100', 'ISO_IR 100'],
    ['iso_ir 100', 'ISO_IR 100'],
    ['ISO8859-1', 'ISO_IR 100'],
    ['UTF-8', 'ISO_IR 192'],
    ['ISO 2022 IR 192', 'ISO_IR 192'],
  ])('%s is replaced by %s if text needs it', (given, meant) => {
    const text = fileOf({ SpecificCharacterSet: [given], PatientName: 'Müller' })
    expect(valueBytes(text, '\x08\0\x05\0CS').toString('latin1').trimEnd()).toBe(meant)
    const ascii = fileOf({ SpecificCharacterSet: [given], PatientName: 'Mueller' })
    expect(valueBytes(ascii, '\x08\0\x05\0CS').toString('latin1').trimEnd()).toBe(given)
  })

  test('a multi-byte term alone is an extension of the default repertoire', () => {
    const file = fileOf({ SpecificCharacterSet: ['ISO 2022 IR 149'], PatientName: '길동' })
    expect(valueBytes(file, '\x08\0\x05\0CS').toString('latin1')).toBe('\\ISO 2022 IR 149')
  })
})

describe('code extensions', () => {
  // PS3.5 Annexes H.3.1, H.3.2 and I.2 print these bytes.
  test.each([
    [
      ['', 'ISO 2022 IR 87'],
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    ],
    [
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
    ],
    [
      ['', 'ISO 2022 IR 149'],
      'Hong^Gildong=洪^吉洞=홍^길동',
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
    ],
    // PS3.5 K.2 has the escape sequence in each name component too.
    [['', 'ISO 2022 IR 58'], 'Zhang^XiaoDong=张^小东=', 'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab='],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144'], 'É^Д', '\xc9^\x1b-L\xb4\x1b-A'],
  ])('of %j are the bytes in PS3.5', (terms, name, bytes) => {
    const file = fileOf({ SpecificCharacterSet: terms, PatientName: name })
    expect(patientName(file).toString('latin1').trimEnd()).toBe(bytes)
  })

  test('are repeated after control characters and value delimiters', () => {
    const file = fileOf({
      SpecificCharacterSet: ['', 'ISO 2022 IR 149'],
      OtherPatientNames: ['길', '동'],
      PatientComments: '길\r\n동',
    })
    expect(valueBytes(file, '\x10\0\x01\x10PN').toString('latin1').trimEnd()).toBe('\x1b$)C\xb1\xe6\\\x1b$)C\xb5\xbf')
    expect(valueBytes(file, '\x10\0\x00\x40LT').toString('latin1').trimEnd()).toBe('\x1b$)C\xb1\xe6\r\n\x1b$)C\xb5\xbf')
  })
})

describe.skipIf(!hasPydicom())('items', () => {
  test('use the character set of the data set unless they name one', () => {
    const [file] = readBack([
      fileOf({
        SpecificCharacterSet: ['ISO_IR 100'],
        PatientName: 'Müller',
        ReferencedStudySequence: [
          { StudyDescription: 'Größe' },
          { SpecificCharacterSet: ['ISO_IR 144'], StudyDescription: 'Размер' },
          { SpecificCharacterSet: ['ISO_IR 144'], StudyDescription: '大きさ' },
        ],
      }),
    ])
    const items = file?.dataSet['00081110']?.value
    const texts = (Array.isArray(items) ? items : []).map((item) => [
      item[specificCharacterSet]?.value,
      item['00081030']?.value,
    ])
    expect(texts).toEqual([
      [undefined, 'Größe'],
      ['ISO_IR 144', 'Размер'],
      ['ISO_IR 192', '大きさ'],
    ])
    expect(file?.dataSet[specificCharacterSet]?.value).toBe('ISO_IR 100')
  })

  test('are written in ISO_IR 192 if the enclosing data set is', () => {
    const [file] = readBack([
      fileOf({
        SpecificCharacterSet: ['ISO_IR 100'],
        PatientName: 'Müller',
        ReferencedStudySequence: [{ StudyDescription: '大' }],
      }),
    ])
    expect(file?.dataSet[specificCharacterSet]?.value).toBe('ISO_IR 192')
    expect(file?.dataSet['00100010']?.value).toBe('Müller')
    expect(file?.dataSet['00081110']?.value).toEqual([{ '00081030': { vr: 'LO', value: '大' } }])
  })
})

/** Returns the output of a program for temporary files. */
function inFolder<Result>(files: readonly Uint8Array[], use: (paths: readonly string[]) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  try {
    const paths = files.map((_, index) => join(folder, `${index}.dcm`))
    paths.forEach((path, index) => writeFileSync(path, files[index] ?? ''))
    return use(paths)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function withoutEnds(texts: CharsetFile['bytes']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, withoutEnd(Buffer.from(text, 'base64'))]),
  )
}

/**
 * Removes padding, empty component groups, and escape sequences to the active set. The Latin letters of JIS X 0201 and
 * ASCII have the same codes, and writers return to one or the other after Japanese.
 */
function withoutEnd(value: Buffer): string {
  const text = value
    .toString('latin1')
    .replaceAll('\x1b(J', ascii)
    .replace(/[ =]*$/, '')
  if (!text.includes('\x1b$B')) return text.replaceAll(ascii, '')
  return text.endsWith(ascii) ? text.slice(0, -ascii.length) : text
}

type Texts = { readonly [tag: string]: string | readonly Texts[] }

function writtenTexts(dataSet: DumpedDataSet): Texts {
  const texts = Object.entries(dataSet).filter(([, { vr }]) => vr !== 'UI')
  return Object.fromEntries(
    texts.map(([tag, { value }]) => [
      tag,
      typeof value === 'string' ? value : value.map((item) => (typeof item === 'string' ? {} : writtenTexts(item))),
    ]),
  )
}

function documentTexts(attributes: AttributeMap): Texts {
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]) => [
      (lookUpKeyword(keyword)?.tag ?? 0).toString(16).toUpperCase().padStart(8, '0'),
      isItems(value) ? value.map(documentTexts) : textOf(value),
    ]),
  )
}

function textOf(value: JsonValue): string {
  if (Array.isArray(value)) return value.map(textOf).join('\\')
  return typeof value === 'string' ? value : ''
}

function isItems(value: JsonValue | undefined): value is AttributeMap[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object')
}

interface CharsetFile {
  readonly attributes: AttributeMap
  readonly bytes: Readonly<Record<string, string>>
}

function charsetFiles(paths: readonly string[]): CharsetFile[] {
  const files = python('charset_files.py', paths)
  if (!Array.isArray(files)) throw new TypeError('charset_files.py printed no array')
  return files.map((file: CharsetFile) => file)
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object')
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
}
