import { decodeCharacters } from '#character-codecs'
import { decodeTwoBytes } from './two-byte-characters.ts'
import { jisRomaji, type CodeElement } from './registrations.ts'
import { romajiTable } from './romaji.ts'

/** A code table: the bytes of each character. */
export type CodeTable = ReadonlyMap<string, Uint8Array>

const tables = new Map<CodeElement, CodeTable>()

/** Returns the code table of a set, without the characters of ASCII. C1 controls map to themselves. */
export function codeTable(element: CodeElement): CodeTable {
  const known = tables.get(element)
  if (known !== undefined) return known
  const table = new Map(charactersOf(element))
  tables.set(element, table)
  return table
}

function charactersOf(element: CodeElement): Iterable<[string, Uint8Array]> {
  if (element.eucPrefix !== undefined) return twoByteCharacters(element)
  if (element === jisRomaji) return romajiTable
  if (element.area === 'g0') return []
  return element.encoding === 'shift_jis' ? katakana() : upperHalf(element)
}

/** By escape sequence: true for the cells that the standard of a set assigns. Implementations fill more cells. */
const assignments: ReadonlyMap<string, (row: number, cell: number) => boolean> = new Map([
  ['$B', isJisX0208Row],
  ['$)C', isKsX1001Row],
  ['$)A', isGb2312Cell],
])

function* upperHalf({ encoding, notWritten = '' }: CodeElement): Generator<[string, Uint8Array]> {
  for (let code = 0x80; code <= 0xff; code++) {
    const bytes = Uint8Array.of(code)
    const character = code < 0xa0 ? String.fromCharCode(code) : decodeCharacters(bytes, encoding)
    if (character !== '\ufffd' && !notWritten.includes(character)) yield [character, bytes]
  }
}

/** Yields the katakana of JIS X 0201. */
function* katakana(): Generator<[string, Uint8Array]> {
  for (let code = 0xa1; code <= 0xdf; code++) yield [String.fromCharCode(0xff61 + code - 0xa1), Uint8Array.of(code)]
}

/** Yields the characters of a table of 94 by 94 cells. */
function* twoByteCharacters(element: CodeElement): Generator<[string, Uint8Array]> {
  const { area, escape, notWritten = '' } = element
  const isAssigned = assignments.get(escape)
  const high = area === 'g1' ? 0x80 : 0
  for (let row = 0x21; row <= 0x7e; row++) {
    for (let cell = 0x21; cell <= 0x7e; cell++) {
      if (isAssigned?.(row - 0x20, cell - 0x20) === false) continue
      const character = decodeTwoBytes(Uint8Array.of(row, cell), element)
      if (character.length !== 1 || isReplacement(character) || notWritten.includes(character)) continue
      yield [character, Uint8Array.of(row | high, cell | high)]
    }
  }
}

function isReplacement(character: string): boolean {
  const code = character.charCodeAt(0)
  return code === 0xfffd || (code >= 0xe000 && code <= 0xf8ff)
}

/** True for the rows that the standard assigns. Vendors filled rows 9 to 15 and 85 to 94. */
function isJisX0208Row(row: number): boolean {
  return row <= 8 || (row >= 16 && row <= 84)
}

function isKsX1001Row(row: number): boolean {
  return row !== 41 && row !== 94
}

/** True for the cells that GB 2312-80 assigns. GBK assigns more cells in the same rows. */
function isGb2312Cell(row: number, cell: number): boolean {
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
