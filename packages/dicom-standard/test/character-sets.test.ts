import { characterSetChoices, textDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import { describe, expect, test } from 'vitest'

function decode(terms: readonly string[], text: string, delimiters = '\\^='): string {
  return textDecoding(terms).decode(Buffer.from(text, 'latin1'), delimiters)
}

function encode(terms: readonly string[], text: string, isSingleValued: boolean): string | undefined {
  const bytes = characterSetChoices(terms)[0]?.encode(text, { isPersonName: false, isSingleValued })
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')
}

// These bytes are from PS3.5 Annexes H, I, J and K.
test.each([
  [
    ['', 'ISO 2022 IR 87'],
    'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
  ],
  [
    ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
    '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J',
    'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
  ],
  [['', 'ISO 2022 IR 149'], 'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7', 'Hong^Gildong=洪^吉洞'],
  [['', 'ISO 2022 IR 58'], 'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab', 'Zhang^XiaoDong=张^小东'],
  [['ISO_IR 192'], 'Wang^XiaoDong=\xe7\x8e\x8b', 'Wang^XiaoDong=王'],
  [['GB18030'], 'Wang^XiaoDong=\xcd\xf5', 'Wang^XiaoDong=王'],
])('decodes text of %j', (terms, bytes, text) => {
  expect(decode(terms, bytes)).toBe(text)
})

test('decodes as ISO 8859-1 if no set is named or the set is unknown', () => {
  expect([[], [''], ['ISO_IR 6'], ['NONSENSE'], ['ISO_IR 999']].map((terms) => decode(terms, 'M\xfcller'))).toEqual(
    Array(5).fill('Müller'),
  )
})

test.each(['ISO-IR 144', 'iso_ir 144', 'ISO 8859-5', 'ISO 2022 IR 144'])('reads the term %s leniently', (term) => {
  expect(decode([term], '\xbb')).toBe('Л')
})

test.each(['UTF-8', 'utf8', 'ISO IR 192'])('reads the term %s as UTF-8', (term) => {
  expect(decode([term], '\xc3\xbc')).toBe('ü')
})

test('returns to the first set at delimiters and control characters that are not half of a character', () => {
  const terms = ['ISO 2022 IR 100', 'ISO 2022 IR 144']
  expect(decode(terms, '\xc9\x1b-L\xb4^\xc9')).toBe('ÉД^É')
  expect(decode(terms, '\xc9\x1b-L\xb4^\xb4', '\\')).toBe('ÉД^Д')
  expect(decode(terms, '\x1b-L\xb4\r\n\xc9')).toBe('Д\r\nÉ')
  expect(decode(['', 'ISO 2022 IR 87'], '\x1b$B%^\x1b(B')).toBe('マ')
})

describe('JIS X 0201 has a yen sign and an overline in place of a backslash and a tilde', () => {
  // dcmconv +U8 gives the same for LT in ISO_IR 13. pydicom reads a tilde and a backslash.
  test.each([
    [['ISO_IR 13'], 'a~b\\c\xb1', 'a\u203eb\u00a5c\uff71', 'a\u203eb\\c\uff71'],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], 'a~b\\c\xb1', 'a\u203eb\u00a5c\uff71', 'a\u203eb\\c\uff71'],
    [['', 'ISO 2022 IR 13'], '~\\\x1b(J~\\', '~\\\u203e\u00a5', '~\\\u203e\\'],
    [['ISO 2022 IR 13', 'ISO 2022 IR 6'], '~\x1b(B~', '\u203e~', '\u203e~'],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], '\x1b$B!1!@\x1b(J~', '\uffe3\uff3c\u203e', '\uffe3\uff3c\u203e'],
  ])('reads %j: %j', (terms, bytes, single, multiple) => {
    expect(decode(terms, bytes, '')).toBe(single)
    expect(decode(terms, bytes, '\\')).toBe(multiple)
  })

  test.each([
    [['ISO_IR 13'], '\u203e\u00a5', '~\\', undefined],
    [['ISO_IR 13'], 'a\\b', undefined, 'a\\b'],
    [['ISO_IR 13'], '~', undefined, undefined],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], '\u203e\u00a5', '~\\', undefined],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], '~', undefined, undefined],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], 'a\\b', undefined, 'a\\b'],
    [['ISO 2022 IR 13', 'ISO 2022 IR 6'], '~\u203e', '\x1b(B~\x1b(J~', '\x1b(B~\x1b(J~'],
    [['', 'ISO 2022 IR 13'], '~\u203e', '~\x1b(J~\x1b(B', '~\x1b(J~\x1b(B'],
    [['', 'ISO 2022 IR 13'], '\u203e\u00a5', '\x1b(J~\\\x1b(B', undefined],
    [['ISO 2022 IR 100', 'ISO 2022 IR 13'], '\u203e\u00a5', '\x1b(J~\xa5\x1b(B', '\x1b(J~\xa5\x1b(B'],
  ])('writes %j: %j', (terms, text, single, multiple) => {
    expect(encode(terms, text, true)).toBe(single)
    expect(encode(terms, text, false)).toBe(multiple)
  })
})

describe('encoded text', () => {
  const registrations = [13, 58, 87, 100, 101, 109, 110, 126, 127, 138, 144, 148, 149, 159, 166, 203]
  const characters = Array.from({ length: 0xffff - 0xa0 }, (_, index) => String.fromCharCode(index + 0xa0))
  test.each([
    ...[13, 100, 101, 109, 110, 126, 127, 138, 144, 148, 166, 203].map((number) => [`ISO_IR ${number}`]),
    ...registrations.map((number) => ['', `ISO 2022 IR ${number}`]),
    ['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
    ['GBK'],
    ['GB18030'],
  ])('in %j %s is decoded to the same text', (...terms) => {
    const [choice] = characterSetChoices(terms)
    const written = characters.flatMap((character) => {
      const bytes = choice?.encode(character, { isPersonName: false, isSingleValued: true })
      return bytes === undefined ? [] : [[character, textDecoding(terms).decode(bytes, '')]]
    })
    expect(written.length).toBeGreaterThan(40)
    expect(written.filter(([character, read]) => read !== character)).toEqual([])
  })
})
