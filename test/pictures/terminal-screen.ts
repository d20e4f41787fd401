/** A piece of a line in one style. */
export interface StyledText {
  readonly text: string
  /** A CSS class such as `bold` or `red`. Undefined for plain text. */
  readonly style: string | undefined
}

/** A line of the terminal, from one moment to another. */
export interface LineState {
  /** Counted from 0. */
  readonly row: number
  readonly pieces: readonly StyledText[]
  /** Milliseconds from the start of the recording. */
  readonly from: number
  /** Milliseconds from the start of the recording. Undefined if the line stays. */
  readonly until: number | undefined
}

/** A text that was written to a terminal. */
export interface TerminalOutput {
  /** Milliseconds from the start of the recording. */
  readonly at: number
  readonly text: string
}

interface Cell {
  readonly character: string
  readonly style: string | undefined
}

const styleOfCode: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 31: 'red', 33: 'yellow', 36: 'prompt' }

const escape = String.fromCodePoint(0x1b)

/** An escape sequence, or one character. */
const token = new RegExp(`${escape}\\[([\\d;?]*)([A-Za-z])|[^]`, 'gu')

/**
 * Returns the lines that a terminal shows over time, in the order of their last change. It supports the output of
 * `ahi-dicom`: text, `\r`, `\n`, erasing the rest of a line, and styles.
 */
export function linesOnTerminal(outputs: readonly TerminalOutput[]): LineState[] {
  const gone: LineState[] = []
  const shown = new Map<number, LineState>()
  const rows: Cell[][] = []
  let row = 0
  let column = 0
  let style: string | undefined
  for (const { at, text } of outputs) {
    for (const [character, parameters = '', command] of text.matchAll(token)) {
      const cells = (rows[row] ??= [])
      if (command === 'm') style = styleOfCode[parameters]
      else if (command === 'K') cells.length = Math.min(cells.length, column)
      else if (command !== undefined) continue
      else if (character === '\r') column = 0
      else if (character === '\n') row += 1
      else cells[column++] = { character, style }
    }
    for (const [index, cells] of rows.entries()) {
      const before = shown.get(index)
      const pieces = piecesOf(cells)
      if (JSON.stringify(before?.pieces ?? []) === JSON.stringify(pieces)) continue
      if (before !== undefined) gone.push({ ...before, until: at })
      shown.set(index, { row: index, pieces, from: at, until: undefined })
    }
  }
  return [...gone, ...shown.values()].filter(({ pieces }) => pieces.length > 0)
}

function piecesOf(cells: readonly Cell[]): StyledText[] {
  const pieces: StyledText[] = []
  for (const { character, style } of cells) {
    const last = pieces.at(-1)
    if (last !== undefined && last.style === style) pieces[pieces.length - 1] = { text: last.text + character, style }
    else pieces.push({ text: character, style })
  }
  return pieces
}
