import { parseSelector, SelectorError, type SelectorLine } from '@ahi-dicom/exporter'
import { checkList, isList, readList, type ListSource } from './lists.ts'

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
  source: ListSource,
): Promise<readonly ListedSelector[] | AsyncIterable<ListedSelector>> {
  for (const text of texts) {
    if (isList(text)) await checkList(text)
    else parseSelector(text)
  }
  return await keepFew(selectorsOf(texts, source))
}

async function* selectorsOf(
  texts: readonly string[],
  source: ListSource,
): AsyncGenerator<ListedSelector, void, undefined> {
  let isInputRead = false
  for (const text of texts) {
    if (!isList(text)) yield text
    else if (text !== '-' || !isInputRead) {
      if (text === '-') isInputRead = true
      for await (const line of readList(text, source)) yield isSelector(line.text) ? line.text : line
    }
  }
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
