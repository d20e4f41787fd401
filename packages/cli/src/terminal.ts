/** The part of a `WriteStream` that the command uses. */
export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string | Uint8Array, callback: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** The standard streams. Results go to standard output, everything else to standard error. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream
  /** Width of standard output in columns. `undefined` if it is not a terminal. */
  readonly outputColumns: number | undefined
  /** Returns the width of standard error in columns, or `undefined` if it is not a terminal that can redraw a line. */
  readonly messageColumns: () => number | undefined
  /** Writes to standard output. Resolves to false, without an error, once its reader has gone (`| head`). */
  readonly print: (text: string | Uint8Array) => Promise<boolean>
  /** Writes to standard error. */
  readonly message: (text: string) => void
}

/**
 * Returns a terminal that uses the streams of a process.
 *
 * @example
 * import { openTerminal } from '@ahi-dicom/cli'
 *
 * const { stdin, stdout, stderr, env } = process
 * const terminal = openTerminal({ stdin, stdout, stderr, env })
 * terminal.message('exporting\n')
 */
export function openTerminal(streams: {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: NodeJS.ProcessEnv
}): Terminal {
  const { stdin, stdout, stderr, env } = streams
  stdout.on('error', ignore)
  stderr.on('error', ignore)
  return {
    stdin,
    outputColumns: columnsOf(stdout, env),
    messageColumns: () => (env['TERM'] === 'dumb' ? undefined : columnsOf(stderr, env)),
    print: (text) => printTo(stdout, text),
    message: (text) => void stderr.write(text, ignore),
  }
}

/** Width of terminals that report 0 columns, as serial lines and some CI systems do. */
const usualColumns = 80

/** Returns the width of a terminal. The variable `COLUMNS` takes precedence, as in other programs. */
function columnsOf(
  { isTTY, columns = 0 }: OutputStream,
  { COLUMNS: asked = '' }: NodeJS.ProcessEnv,
): number | undefined {
  if (isTTY !== true) return undefined
  if (/^[1-9]\d{0,4}$/.test(asked)) return Number(asked)
  return columns > 0 ? columns : usualColumns
}

/** Ignores stream errors, which would end the process without a listener. `printTo` gets them in its callback. */
function ignore(): void {}

async function printTo(stdout: OutputStream, text: string | Uint8Array): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  stdout.write(text, (error) => {
    if (error === undefined || error === null) resolve(true)
    else if (readerHasGone(error)) resolve(false)
    else reject(error)
  })
  return promise
}

function readerHasGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
}
