import { createReadStream } from 'node:fs'
import { access, constants, open, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors.ts'

/** A line of a list, without its comment. */
export interface ListLine {
  readonly text: string
  /** Its number and its list, such as `line 3 of studies.txt`. */
  readonly place: string
}

/** Standard input, and a signal that stops reading. */
export interface ListSource {
  readonly stdin: NodeJS.ReadableStream
  readonly signal: AbortSignal
}

/** Returns true if an argument names a list: `@FILE`, or `-` for standard input. */
export function isList(text: string): boolean {
  return text === '-' || text.startsWith('@')
}

/**
 * Checks that the file of a list can be read.
 * @throws {UsageError} if it cannot
 */
export async function checkList(text: string): Promise<void> {
  if (text === '-') return
  const path = text.slice(1)
  try {
    // Opening and closing a pipe would lose its content, so only the permission is checked.
    await access(path, constants.R_OK)
    if (!(await stat(path)).isDirectory()) return
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`Cannot read selectors from '${path}': ${why}`, { cause })
  }
  throw new UsageError(`Cannot read selectors from '${path}': it is a folder; name a file with one selector per line`)
}

/** Yields the lines of a list without empty lines and comments. A comment begins with `#` at the start of a line or after a space. */
export async function* readList(
  text: string,
  { stdin, signal }: ListSource,
): AsyncGenerator<ListLine, void, undefined> {
  signal.throwIfAborted()
  const [input, source] = text === '-' ? [stdin, 'standard input'] : [await openList(text.slice(1)), text.slice(1)]
  let lines = 0
  for await (const line of createInterface({ input, signal, crlfDelay: Infinity })) {
    lines += 1
    const content = line
      .replace(/^\uFEFF/, '')
      .replace(/(^|\s)#.*$/, '')
      .trim()
    if (content !== '') yield { text: content, place: `line ${lines} of ${source}` }
  }
  // After an interrupt, the loop ends as at the end of the input.
  signal.throwIfAborted()
}

/** Opens a file in UTF-8 or UTF-16. Windows PowerShell writes UTF-16. */
async function openList(path: string): Promise<NodeJS.ReadableStream> {
  return createReadStream(path, { encoding: (await beginsWithUtf16(path)) ? 'utf16le' : 'utf8' })
}

async function beginsWithUtf16(path: string): Promise<boolean> {
  // The bytes of a pipe can be read only once.
  if (!(await stat(path)).isFile()) return false
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2) })
  return bytesRead === 2 && buffer.readUInt16LE() === 0xfeff
}
