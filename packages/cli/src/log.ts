import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { inCommandWords } from './command-words.ts'
import { createJsonLogWriter } from './log-json.ts'
import { paint, type Colour } from './colour.ts'

/** Log levels of standard error, from the fewest messages to the most. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** Formats of the log: text for people, or one JSON object per line. */
export const logFormats = ['text', 'json'] as const

/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number]

/** Further members of a message in a JSON log. None of them may name a patient. */
interface LogFields {
  /** Name of the event, such as `item-failed`. Default `note`. The README lists all events. */
  readonly event?: string
  readonly [name: string]: unknown
}

/** Writes messages to standard error, for people or programs. */
export interface Log {
  readonly error: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  /** The message may have several lines. */
  readonly debug: (message: string, fields?: LogFields) => void
  /** Logs at `level` in JSON, and at `debug` in text, because people find the fact in the summary or the record. */
  readonly tellPrograms: (level: LogLevel, message: string, fields: LogFields) => void
  /** Returns true if messages of a level are written. */
  readonly shows: (level: LogLevel) => boolean
}

/** Options of {@link createLog}. */
export interface LogOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Whether errors and warnings for people are coloured. */
  readonly hasColour?: boolean
  readonly writeLine: (line: string) => void
}

/** Most characters of a message. Messages for debugging have a stack and causes. */
const longest = { message: 2000, debug: 20_000 }

const colours: Readonly<Partial<Record<LogLevel, Colour>>> = { error: 'red', warn: 'yellow' }

type Write = (level: LogLevel, message: string, fields: LogFields) => void

/**
 * Returns a log that writes the messages of `level` and of more important levels. Control characters and line breaks are
 * escaped, because messages may quote text from outside.
 */
export function createLog(options: LogOptions): Log {
  const { level, format, writeLine } = options
  const shows = (wanted: LogLevel): boolean => logLevels.indexOf(wanted) <= logLevels.indexOf(level)
  const write: Write = format === 'json' ? createJsonLogWriter(writeLine) : createTextWriter(options)
  const at =
    (wanted: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (shows(wanted)) write(wanted, shownMessage(wanted, message, format), fields)
    }
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    tellPrograms: (wanted, message, fields) => at(format === 'json' ? wanted : 'debug')(message, fields),
    shows,
  }
}

function createTextWriter({ writeLine, hasColour = false }: LogOptions): Write {
  return (level, message) => {
    const colour = hasColour ? colours[level] : undefined
    writeLine(`ahi-dicom: ${colour === undefined ? message : paint(message, colour)}`)
  }
}

/**
 * Returns a message as it is shown, with the advice of libraries in terms of the command's options. In text, further lines are
 * indented, so that they cannot pass for messages.
 */
function shownMessage(level: LogLevel, message: string, format: LogFormat): string {
  if (level !== 'debug') return printable(inCommandWords(message), { maxLength: longest.message })
  const lines = message.slice(0, longest.debug).split('\n')
  return lines.map((line) => printable(line)).join(format === 'json' ? '\n' : '\n    ')
}
