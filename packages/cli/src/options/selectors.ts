import { parseSelector, SelectorError, type SelectorLine } from '@ahi-dicom/exporter'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors.ts'

/** Lists of at most this many selectors are kept, so that an export can be known by its selection. */
const mostKept = 10_000

/** A selector of the command line or of a list, or a malformed line of a list with its place. */
export type ListedSelector = string | SelectorLine

/**
 * Returns the selectors of the command line, with the lines of standard input in the place of `-`, and of a file in the place of
 * `@FILE`. Long lists are read while they are used.
 *
 * @throws {SelectorError} for a malformed selector of the command line; those of lists are left to the job
 * @throws {UsageError} for a file that cannot be read
 */
export async function readSelectors(
  texts: readonly string[],
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<readonly ListedSelector[] | AsyncIterable<ListedSelector>> {
  for (const text of texts) {
    if (text.startsWith('@')) await checkFile(text.slice(1))
    else if (text !== '-') parseSelector(text)
  }
  return await keepFew(selectorsOf(texts, stdin, signal))
}

async function checkFile(path: string): Promise<void> {
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

async function* selectorsOf(
  texts: readonly string[],
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): AsyncGenerator<ListedSelector, void, undefined> {
  let isInputRead = false
  for (const text of texts) {
    if (text === '-' && !isInputRead) {
      isInputRead = true
      yield* linesOf(stdin, 'standard input', signal)
    } else if (text.startsWith('@')) {
      const path = text.slice(1)
      yield* linesOf(createReadStream(path), path, signal)
    } else if (text !== '-') yield text
  }
}

/** Empty lines, and what follows a `#` at the beginning or after a space, are no selectors. */
async function* linesOf(
  input: NodeJS.ReadableStream,
  source: string,
  signal: AbortSignal,
): AsyncGenerator<ListedSelector, void, undefined> {
  signal.throwIfAborted()
  let lines = 0
  for await (const line of createInterface({ input, signal, crlfDelay: Infinity })) {
    lines += 1
    const text = line
      .replace(/^\uFEFF/, '')
      .replace(/(^|\s)#.*$/, '')
      .trim()
    if (text !== '') yield isSelector(text) ? text : { text, place: `line ${lines} of ${source}` }
  }
  // An interrupt ends the lines as the end of the input does.
  signal.throwIfAborted()
}

function isSelector(text: string): boolean {
  try {
    parseSelector(text)
    return true
  } catch (error) {
    if (error instanceof SelectorError) return false
    throw error
  }
}

/** Returns the texts of a short list, or else an iterable of all of them. */
async function keepFew(
  texts: AsyncGenerator<ListedSelector, void, undefined>,
): Promise<readonly ListedSelector[] | AsyncIterable<ListedSelector>> {
  const kept: ListedSelector[] = []
  for (let next = await texts.next(); next.done !== true; next = await texts.next()) {
    kept.push(next.value)
    if (kept.length > mostKept) return rest(kept, texts)
  }
  return kept
}

async function* rest(
  kept: readonly ListedSelector[],
  texts: AsyncGenerator<ListedSelector, void, undefined>,
): AsyncGenerator<ListedSelector, void, undefined> {
  yield* kept
  yield* texts
}
