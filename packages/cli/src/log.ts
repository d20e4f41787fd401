import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { inCommandWords } from './command-words.ts'
import { createJsonLogWriter } from './log-json.ts'
import { paint, type Colour } from './colour.ts'

/** How much is told on standard error, from least to most. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** How messages are written: for people, or one JSON object a line. */
export const logFormats = ['text', 'json'] as const

/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number]

/** Facts of a message for programs, which logs in JSON have beside the text. None of them may name a patient. */
interface LogFields {
  /** What happened, such as `item-failed`. Default `note`. The README of the command lists all of them. */
  readonly event?: string
  readonly [name: string]: unknown
}

/** Messages for people and programs, on standard error. */
export interface Log {
  readonly error: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  /** Its text may have several lines. */
  readonly debug: (message: string, fields?: LogFields) => void
  /** Tells programs what people find in the summary or the record: in text only a message for debugging. */
  readonly tellPrograms: (level: LogLevel, message: string, fields: LogFields) => void
  /** Whether messages of a level are written. */
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

/** A message is a sentence or two; one for debugging has a stack and its causes. */
const longest = { message: 2000, debug: 20_000 }

const colours: Readonly<Partial<Record<LogLevel, Colour>>> = { error: 'red', warn: 'yellow' }

type Write = (level: LogLevel, message: string, fields: LogFields) => void

/**
 * Returns a log that writes the lines of a level and of those above it. Messages may quote what came from outside: no
 * message can drive the terminal, or forge a line of the log.
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
 * Says messages in the words of the command, wherever they come from. Indents further lines for people: unindented, they
 * could pass for other messages. JSON keeps its lines apart itself.
 */
function shownMessage(level: LogLevel, message: string, format: LogFormat): string {
  if (level !== 'debug') return printable(inCommandWords(message), { maxLength: longest.message })
  const lines = message.slice(0, longest.debug).split('\n')
  return lines.map((line) => printable(line)).join(format === 'json' ? '\n' : '\n    ')
}
