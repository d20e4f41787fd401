import { elementRows, formerKeywordRows } from './dictionary.generated.ts'

/** The entry of one element in PS3.6. */
export interface DictionaryEntry {
  /** Group in the upper, element in the lower 16 bits. */
  readonly tag: number
  /** VR as in PS3.6, including `US or SS` and similar ones. */
  readonly vr: string
  /** Value multiplicity as in PS3.6: `1`, `1-n`, `2-2n` … */
  readonly vm: string
  /** Keyword. Empty for the few retired elements without one. */
  readonly keyword: string
  readonly retired: boolean
}

const ambiguousVrs: Readonly<Record<string, string>> = {
  xs: 'US or SS',
  ox: 'OB or OW',
  lo: 'US or OW',
  lt: 'US or SS or OW',
}

interface PatternRow {
  readonly mask: number
  readonly value: number
  readonly row: string
}

interface TagIndex {
  /** Rows by tag in upper-case hex. */
  readonly byTag: Map<string, string>
  /** Elements with a variable group or element number. */
  readonly patterns: readonly PatternRow[]
}

/** Splitting the rows takes 0.3 ms. The index by tag takes 3 ms and is made only for a look-up by tag. */
let loadedRows: readonly string[] | undefined
let loadedTagIndex: TagIndex | undefined
const entriesByTag = new Map<number, DictionaryEntry>()
const entriesByKeyword = new Map<string, DictionaryEntry | undefined>()

/**
 * Returns the element of a PS3.6 keyword. Retired elements have their plain keyword (`StudyComments`). For a repeating
 * group (`OverlayData`) it returns the element of the first group (6000,3000).
 *
 * @example
 * import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
 *
 * console.log(lookUpKeyword('PatientName')?.vr) // PN
 */
export function lookUpKeyword(keyword: string): DictionaryEntry | undefined {
  const known = entriesByKeyword.get(keyword)
  if (known !== undefined || entriesByKeyword.has(keyword)) return known
  const row = keywordRow(keyword) ?? formerKeywordRow(keyword)
  const entry = row === undefined ? undefined : entryOf(row, firstTag(row.slice(0, 8)))
  entriesByKeyword.set(keyword, entry)
  return entry
}

/**
 * Returns the element of a tag. In a repeating group the result has the given tag: 0x60023000 is `OverlayData` too.
 *
 * @example
 * import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
 *
 * console.log(lookUpTag(0x60023000)?.keyword) // OverlayData
 */
export function lookUpTag(tag: number): DictionaryEntry | undefined {
  const known = entriesByTag.get(tag)
  if (known !== undefined) return known
  const row = tagIndex().byTag.get(hexadecimal(tag)) ?? patternRow(tag)
  if (row === undefined) return undefined
  const entry = entryOf(row, tag)
  entriesByTag.set(tag, entry)
  return entry
}

function entryOf(row: string, tag: number): DictionaryEntry {
  const space = row.indexOf(' ')
  const vr = row.slice(8, 10)
  return {
    tag,
    vr: ambiguousVrs[vr] ?? vr,
    vm: row.slice(space + 1),
    keyword: row.slice(11, space),
    retired: row[10] === '-',
  }
}

function patternRow(tag: number): string | undefined {
  for (const pattern of tagIndex().patterns) {
    if ((tag & pattern.mask) >>> 0 === pattern.value && isRepetition(tag)) return pattern.row
  }
  return undefined
}

/**
 * True if a tag can be in a repeating group: its group is even (PS3.5 7.6), and it is not a group length (element
 * 0000).
 */
function isRepetition(tag: number): boolean {
  return ((tag >>> 16) & 1) === 0 && (tag & 0xffff) !== 0
}

function keywordRow(keyword: string): string | undefined {
  if (keyword === '') return undefined
  const sorted = rows()
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const row = sorted[middle] ?? ''
    const candidate = keywordOf(row)
    if (candidate === keyword) return row
    if (candidate < keyword) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

function formerKeywordRow(keyword: string): string | undefined {
  const start = `\n${formerKeywordRows}`.indexOf(`\n${keyword} `)
  if (start < 0 || keyword === '') return undefined
  const tagStart = start + keyword.length + 1
  return tagIndex().byTag.get(formerKeywordRows.slice(tagStart, tagStart + 8))
}

function keywordOf(row: string): string {
  return row.slice(11, row.indexOf(' '))
}

function rows(): readonly string[] {
  loadedRows ??= elementRows.split('\n')
  return loadedRows
}

function tagIndex(): TagIndex {
  loadedTagIndex ??= readTagIndex()
  return loadedTagIndex
}

function readTagIndex(): TagIndex {
  const byTag = new Map<string, string>()
  const patterns: PatternRow[] = []
  for (const row of rows()) {
    const tag = row.slice(0, 8)
    if (tag.includes('x')) patterns.push({ ...maskAndValue(tag), row })
    else byTag.set(tag, row)
  }
  return { byTag, patterns }
}

function maskAndValue(pattern: string): { mask: number; value: number } {
  return {
    mask: Number.parseInt(pattern.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16),
    value: Number.parseInt(pattern.replaceAll('x', '0'), 16),
  }
}

/** Returns the lowest tag of a pattern that is not a group length. */
function firstTag(pattern: string): number {
  const tag = Number.parseInt(pattern.replaceAll('x', '0'), 16)
  return pattern.includes('x', 4) && (tag & 0xffff) < 0x10 ? tag + 0x10 : tag
}

function hexadecimal(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0')
}
