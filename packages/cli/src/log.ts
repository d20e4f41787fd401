import { printable } from '@ahi-dicom/ahi-metadata/printable'

/** How much is told on standard error, from least to most. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** Messages for people, each a line on standard error; those for debugging may be several. */
export interface Log {
  readonly error: (message: string) => void
  readonly warn: (message: string) => void
  readonly info: (message: string) => void
  readonly debug: (message: string) => void
  /** Whether messages of a level are written. */
  readonly shows: (level: LogLevel) => boolean
}

/** A message is a sentence or two; one for debugging has a stack and its causes. */
const longest = { message: 2000, debug: 20_000 }

/**
 * Returns a log that writes the lines of a level and of those above it. Messages may quote what came from outside: no
 * message can drive the terminal, or forge a line of the log.
 */
export function createLog(level: LogLevel, writeLine: (line: string) => void): Log {
  const shows = (wanted: LogLevel): boolean => logLevels.indexOf(wanted) <= logLevels.indexOf(level)
  const at =
    (wanted: LogLevel) =>
    (message: string): void => {
      if (shows(wanted))
        writeLine(`ahi-dicom: ${wanted === 'debug' ? printableLines(message) : printableLine(message)}`)
    }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), shows }
}

function printableLine(message: string): string {
  return printable(message, { maxLength: longest.message })
}

/** Indents further lines: unindented, they could pass for other messages. */
function printableLines(message: string): string {
  const lines = message.slice(0, longest.debug).split('\n')
  return lines.map((line) => printable(line)).join('\n    ')
}
