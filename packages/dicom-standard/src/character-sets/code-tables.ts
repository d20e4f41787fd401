import { iconvLite } from './iconv.ts'

/** Bytes of the characters of one code table. */
export type CodeTable = ReadonlyMap<string, Uint8Array>

const tables = new Map<string, CodeTable>()

/** The upper half of a single-byte set of PS3.3 C.12.1.1.2, by its ISO registration number; C1 controls stand for themselves. */
export function singleByteTable(registration: number): CodeTable {
  return cached(`${registration}`, () => {
    if (registration === 13) return new Map(katakana())
    const encoding = singleByteEncodings.get(registration)
    return encoding === undefined ? new Map() : new Map(upperHalf(encoding.name, encoding.without ?? ''))
  })
}

/** JIS X 0208, bytes of GL. */
export function jisX0208(): CodeTable {
  return cached('0208', () => new Map(eucPairs('euc-jp', [], isJisX0208Row, jisX0208Differences)))
}

/** JIS X 0212, bytes of GL. */
export function jisX0212(): CodeTable {
  return cached('0212', () => new Map(eucPairs('euc-jp', [0x8f], () => true, new Map())))
}

/** KS X 1001, bytes of GR. */
export function ksX1001(): CodeTable {
  return cached('1001', () => new Map(toUpper(eucPairs('euc-kr', [], isKsX1001Row, ksX1001Differences))))
}

/** GB 2312, bytes of GR, without the characters that implementations map in two ways. */
export function gb2312(): CodeTable {
  return cached('2312', () => new Map(toUpper(eucPairs('gbk', [], isGb2312Row, gb2312Differences))))
}

interface SingleByteEncoding {
  readonly name: string
  /** Characters that editions later than the registration added. */
  readonly without?: string
}

const singleByteEncodings: ReadonlyMap<number, SingleByteEncoding> = new Map([
  [100, { name: 'iso-8859-1' }],
  [101, { name: 'iso-8859-2' }],
  [109, { name: 'iso-8859-3' }],
  [110, { name: 'iso-8859-4' }],
  [144, { name: 'iso-8859-5' }],
  [127, { name: 'iso-8859-6' }],
  [126, { name: 'iso-8859-7', without: '\u20ac\u20af\u037a' }],
  [138, { name: 'iso-8859-8', without: '\u200e\u200f' }],
  [148, { name: 'iso-8859-9' }],
  [203, { name: 'iso-8859-15' }],
  [166, { name: 'tis620' }],
])

/** Where the WHATWG index, which iconv-lite follows, departs from JIS X 0208; each is given with the standard's character. */
const jisX0208Differences: ReadonlyMap<string, string> = new Map([
  ['\uff0d', '\u2212'],
  ['\uff5e', '\u301c'],
  ['\u2225', '\u2016'],
  ['\uffe0', '\u00a2'],
  ['\uffe1', '\u00a3'],
  ['\uffe2', '\u00ac'],
])

/** The Hangul filler begins a syllable composed of letters in some implementations: not used. */
const ksX1001Differences: ReadonlyMap<string, string> = new Map([['\u3164', '']])

/** Cells that GB 2312 maps to the first character in some implementations and to the second in others: used for neither. */
const gb2312Differences: ReadonlyMap<string, string> = new Map([
  ['\u00b7', ''],
  ['\u2014', ''],
])

function cached(name: string, make: () => CodeTable): CodeTable {
  const known = tables.get(name)
  if (known !== undefined) return known
  const table = make()
  tables.set(name, table)
  return table
}

function* upperHalf(encoding: string, without: string): Generator<[string, Uint8Array]> {
  for (let code = 0x80; code <= 0xff; code++) {
    const bytes = Uint8Array.of(code)
    const character = code < 0xa0 ? String.fromCharCode(code) : iconvLite().decode(bytes, encoding)
    if (character !== '\ufffd' && !without.includes(character)) yield [character, bytes]
  }
}

/** JIS X 0201 katakana; its Latin part differs from ASCII in two characters that this table leaves out. */
function* katakana(): Generator<[string, Uint8Array]> {
  for (let code = 0xa1; code <= 0xdf; code++) yield [String.fromCharCode(0xff61 + code - 0xa1), Uint8Array.of(code)]
}

/** Characters of the cells of a 94 by 94 table with their two bytes in GL. */
function* eucPairs(
  encoding: string,
  prefix: readonly number[],
  isAssigned: (row: number, cell: number) => boolean,
  differences: ReadonlyMap<string, string>,
): Generator<[string, Uint8Array]> {
  for (let row = 0x21; row <= 0x7e; row++) {
    for (let cell = 0x21; cell <= 0x7e; cell++) {
      if (!isAssigned(row - 0x20, cell - 0x20)) continue
      const decoded = iconvLite().decode(Uint8Array.of(...prefix, row | 0x80, cell | 0x80), encoding)
      const character = differences.get(decoded) ?? decoded
      if (character.length === 1 && !isReplacement(character)) yield [character, Uint8Array.of(row, cell)]
    }
  }
}

function* toUpper(pairs: Iterable<[string, Uint8Array]>): Generator<[string, Uint8Array]> {
  for (const [character, bytes] of pairs) yield [character, bytes.map((byte) => byte | 0x80)]
}

/** Unassigned cells decode to the replacement character or into the private use area. */
function isReplacement(character: string): boolean {
  const code = character.charCodeAt(0)
  return code === 0xfffd || (code >= 0xe000 && code <= 0xf8ff)
}

/** Rows 9 to 15 and 85 on are unassigned in the standard; vendors filled them. */
function isJisX0208Row(row: number): boolean {
  return row <= 8 || (row >= 16 && row <= 84)
}

function isKsX1001Row(row: number): boolean {
  return row !== 41 && row !== 94
}

/** The cells that GB 2312-80 assigns; GBK put more into the same rows. */
function isGb2312Row(row: number, cell: number): boolean {
  const assigned = gb2312Cells.get(row)
  if (assigned !== undefined) return assigned.some(([first, last]) => cell >= first && cell <= last)
  return row >= 16 && row <= 87
}

const gb2312Cells: ReadonlyMap<number, readonly (readonly [number, number])[]> = new Map([
  [1, [[1, 94]]],
  [
    2,
    [
      [17, 66],
      [69, 78],
      [81, 92],
    ],
  ],
  [3, [[1, 94]]],
  [4, [[1, 83]]],
  [5, [[1, 86]]],
  [
    6,
    [
      [1, 24],
      [33, 56],
    ],
  ],
  [
    7,
    [
      [1, 33],
      [49, 81],
    ],
  ],
  [
    8,
    [
      [1, 26],
      [37, 73],
    ],
  ],
  [9, [[4, 79]]],
  [55, [[1, 89]]],
])
