import { printable } from '@ahi-dicom/ahi-metadata/printable'

/** One column of a table for people. */
export interface TableColumn {
  readonly title: string
  /** Default left. Numbers are aligned to the right. */
  readonly align?: 'left' | 'right'
  /** Whether the text may be cut if the terminal is too narrow. Default false, as for identifiers. */
  readonly mayBeCut?: boolean
}

/** Options of {@link formatTable}. */
export interface TableOptions {
  /** Width of the terminal in columns. If undefined, nothing is cut. */
  readonly width?: number | undefined
}

const gap = '  '
const narrowest = 8

/**
 * Returns a table with a line of titles, one line per row and aligned columns. Control characters in values are replaced, so
 * that no value can control the terminal.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map((value) => printable(value)))]
  const widths = fitWidths(columns, lines, options.width)
  return lines.map((line) => `${formatLine(columns, line, widths)}\n`).join('')
}

/** Returns the width of a text in terminal columns. Ideographs, kana and hangul take two columns, combining marks none. */
export function displayWidth(value: string): number {
  let width = 0
  for (const character of value) {
    if (/\p{Mark}/u.test(character)) continue
    width += isWide(character) ? 2 : 1
  }
  return width
}

/** Returns the text cut to a number of terminal columns. A cut text ends with an ellipsis. */
export function cutTo(value: string, width: number): string {
  if (displayWidth(value) <= width) return value
  let kept = ''
  let used = 1
  for (const character of value) {
    used += displayWidth(character)
    if (used > width) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

function isWide(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60]/u.test(
    character,
  )
}

function formatLine(columns: readonly TableColumn[], line: readonly string[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const width = widths[index] ?? 0
    const value = cutTo(line[index] ?? '', width)
    const space = ' '.repeat(width - displayWidth(value))
    return align === 'right' ? space + value : value + space
  })
  return cells.join(gap).trimEnd()
}

/** Returns the widths of the columns. If cutting cannot make the table fit, nothing is cut and the terminal wraps lines. */
function fitWidths(
  columns: readonly TableColumn[],
  lines: readonly (readonly string[])[],
  available: number | undefined,
): number[] {
  const natural = columns.map((_, index) =>
    lines.reduce((width, line) => Math.max(width, displayWidth(line[index] ?? '')), 0),
  )
  if (available === undefined) return natural
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1)) - available
  while (excess > 0) {
    const widest = widestCuttable(columns, widths)
    if (widest === undefined) return natural
    widths[widest] = (widths[widest] ?? 0) - 1
    excess--
  }
  return widths
}

function widestCuttable(columns: readonly TableColumn[], widths: readonly number[]): number | undefined {
  let widest: number | undefined
  for (const [index, { mayBeCut }] of columns.entries()) {
    if (mayBeCut !== true || (widths[index] ?? 0) <= narrowest) continue
    if (widest === undefined || (widths[index] ?? 0) > (widths[widest] ?? 0)) widest = index
  }
  return widest
}
