import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
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
    const file = await open(path)
    const isFolder = (await file.stat()).isDirectory()
    await file.close()
    if (!isFolder) return
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
  const path = text.slice(1)
  const [input, source] = text === '-' ? [stdin, 'standard input'] : [createReadStream(path), path]
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
