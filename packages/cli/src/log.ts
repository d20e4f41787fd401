/** How much is told on standard error, from least to most. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** Messages for people, each a line on standard error. */
export interface Log {
  readonly error: (message: string) => void
  readonly warn: (message: string) => void
  readonly info: (message: string) => void
  readonly debug: (message: string) => void
  /** Whether messages of a level are written. */
  readonly shows: (level: LogLevel) => boolean
}

/** Returns a log that writes the lines of a level and of those above it. */
export function createLog(level: LogLevel, writeLine: (line: string) => void): Log {
  const shows = (wanted: LogLevel): boolean => logLevels.indexOf(wanted) <= logLevels.indexOf(level)
  const at =
    (wanted: LogLevel) =>
    (message: string): void => {
      if (shows(wanted)) writeLine(`ahi-dicom: ${message}`)
    }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), shows }
}
