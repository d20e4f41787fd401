import { parseSelector } from '@ahi-dicom/exporter'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors.ts'

/** Lists of at most this many selectors are kept, so that an export can be known by its selection. */
const mostKept = 10_000

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
): Promise<readonly string[] | AsyncIterable<string>> {
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
): AsyncGenerator<string, void, undefined> {
  let isInputRead = false
  for (const text of texts) {
    if (text === '-' && !isInputRead) {
      isInputRead = true
      yield* linesOf(stdin, signal)
    } else if (text.startsWith('@')) yield* linesOf(createReadStream(text.slice(1)), signal)
    else if (text !== '-') yield text
  }
}

/** Empty lines, and what follows a `#` at the beginning or after a space, are no selectors. */
async function* linesOf(input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  signal.throwIfAborted()
  for await (const line of createInterface({ input, signal, crlfDelay: Infinity })) {
    const text = line
      .replace(/^\uFEFF/, '')
      .replace(/(^|\s)#.*$/, '')
      .trim()
    if (text !== '') yield text
  }
  // An interrupt ends the lines as the end of the input does.
  signal.throwIfAborted()
}

/** Returns the texts of a short list, or else an iterable of all of them. */
async function keepFew(
  texts: AsyncGenerator<string, void, undefined>,
): Promise<readonly string[] | AsyncIterable<string>> {
  const kept: string[] = []
  for (let next = await texts.next(); next.done !== true; next = await texts.next()) {
    kept.push(next.value)
    if (kept.length > mostKept) return rest(kept, texts)
  }
  return kept
}

async function* rest(
  kept: readonly string[],
  texts: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  yield* kept
  yield* texts
}
