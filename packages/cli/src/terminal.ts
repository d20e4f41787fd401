/** The part of a `WriteStream` that the command uses. */
export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string | Uint8Array, callback: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Where the command reads and writes: results on standard output, everything else on standard error. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream
  /** Columns of standard output, `undefined` where it is not a terminal. */
  readonly outputColumns: number | undefined
  /** Columns of standard error, `undefined` where it is not a terminal that can redraw a line. */
  readonly messageColumns: () => number | undefined
  /** Writes to standard output; `false` once nobody reads it any more (`| head`), which is no error. */
  readonly print: (text: string | Uint8Array) => Promise<boolean>
  /** Writes to standard error. */
  readonly message: (text: string) => void
}

/**
 * Returns the terminal over the streams of a process.
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

/** Terminals of serial lines and of some CI systems say that they have no columns. */
const usualColumns = 80

/** `COLUMNS` comes first, as other programs have it: whoever exports it knows better than the terminal. */
function columnsOf(
  { isTTY, columns = 0 }: OutputStream,
  { COLUMNS: asked = '' }: NodeJS.ProcessEnv,
): number | undefined {
  if (isTTY !== true) return undefined
  if (/^[1-9]\d{0,4}$/.test(asked)) return Number(asked)
  return columns > 0 ? columns : usualColumns
}

/** A reader that has gone shows in the callback of the write; without a listener it would end the process. */
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
