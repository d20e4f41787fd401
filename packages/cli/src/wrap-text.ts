import { displayWidth } from './table.ts'

/** A line with a term, such as an option or a command, and its description. */
export interface Item {
  readonly indent: number
  readonly term: string
  /** First column of the description. */
  readonly column: number
  readonly description: string
}

/** Narrowest column for a description beside its term. If there is less room, it is placed below the term. */
const narrowest = 24

/** Additional indent of a description below its term, in spaces. */
const below = 4

/**
 * Returns a text wrapped between words to `width` columns. Descriptions stay in their column. Words, terms and commands are
 * not broken, so that they can be copied.
 */
export function wrapText(text: string, width: number): string {
  return joinSentences(text.split('\n'), width)
    .map((line) => (displayWidth(line) <= width ? line : wrapLine(line, width)))
    .join('\n')
}

/** Returns an item wrapped to `width` columns. */
export function wrapItem({ indent, term, column, description }: Item, width: number): string {
  const start = `${' '.repeat(indent)}${term}`
  const first = start + ' '.repeat(Math.max(0, column - displayWidth(start)))
  const line = `${first}${description}`.trimEnd()
  if (description === '' || displayWidth(line) <= width) return line
  const needed = Math.max(narrowest, ...description.split(' ').map(displayWidth))
  if (column + needed <= width) return indented(description, { width, first, column })
  const inset = ' '.repeat(indent + below)
  const lines = indented(description, { width, first: inset, column: inset.length })
  return term === '' ? lines : `${start}\n${lines}`
}

/** Joins consecutive lines without indent to one paragraph, if one of them is too long. */
function joinSentences(lines: readonly string[], width: number): string[] {
  const groups: string[][] = []
  for (const [index, line] of lines.entries()) {
    const group = groups.at(-1)
    if (group !== undefined && goesOn(lines[index - 1] ?? '', line)) group.push(line)
    else groups.push([line])
  }
  return groups.flatMap((group) => (group.some((line) => displayWidth(line) > width) ? [group.join(' ')] : group))
}

function goesOn(before: string, line: string): boolean {
  return /^\S/.test(before) && !before.endsWith(':') && /^\S/.test(line)
}

function wrapLine(line: string, width: number): string {
  const [, indent = '', term, gap = '', rest = ''] = /^( *)(?:(\S.*?)( {2,})(?=\S))?(.*)$/.exec(line) ?? []
  if (term !== undefined) {
    const column = displayWidth(`${indent}${term}${gap}`)
    return wrapItem({ indent: indent.length, term, column, description: rest }, width)
  }
  if (/\bahi-dicom /.test(rest) && indent !== '') return line
  return indented(rest, { width, first: indent, column: indent.length })
}

interface Placing {
  readonly width: number
  /** Text before the first line. */
  readonly first: string
  /** First column of the other lines. */
  readonly column: number
}

function indented(text: string, { width, first, column }: Placing): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || column + displayWidth(longer) <= width) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return `${first}${[...lines, line].join(`\n${' '.repeat(column)}`)}`
}
