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

/** What lists are read with. */
export interface ListSource {
  readonly stdin: NodeJS.ReadableStream
  readonly signal: AbortSignal
}

/** Returns whether an argument stands for a list: `@FILE`, or `-` for standard input. */
export function isList(text: string): boolean {
  return text === '-' || text.startsWith('@')
}

/**
 * Checks whether the file of a list can be read.
 * @throws {UsageError} if it cannot
 */
export async function checkList(text: string): Promise<void> {
  if (text === '-') return
  const path = text.slice(1)
  try {
    // To open a pipe and close it again would lose what is in it.
    await access(path, constants.R_OK)
    if (!(await stat(path)).isDirectory()) return
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`Cannot read selectors from '${path}': ${why}`, { cause })
  }
  throw new UsageError(`Cannot read selectors from '${path}': it is a folder; name a file with one selector a line`)
}

/** Yields the lines of a list. Empty ones, and what follows a `#` at the beginning or after a space, are left out. */
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
  // An interrupt ends the lines as the end of the input does.
  signal.throwIfAborted()
}

/** Opens a file in UTF-8, or in UTF-16 as the shell of Windows writes it. */
async function openList(path: string): Promise<NodeJS.ReadableStream> {
  return createReadStream(path, { encoding: (await beginsWithUtf16(path)) ? 'utf16le' : 'utf8' })
}

async function beginsWithUtf16(path: string): Promise<boolean> {
  // A pipe gives its bytes once.
  if (!(await stat(path)).isFile()) return false
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2) })
  return bytesRead === 2 && buffer.readUInt16LE() === 0xfeff
}
