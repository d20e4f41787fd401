import { parseSelector, SelectorError, type SelectorLine } from '@ahi-dicom/exporter'
import { checkList, isList, readList, type ListSource } from './lists.ts'

/** Most selectors of a list that is read at once and recorded in `export.json`. Longer lists are read while they are used. */
const mostKept = 10_000

/** A selector, or a malformed line of a list with its place. */
export type ListedSelector = string | SelectorLine

/**
 * Returns the selectors of the command line. `-` is replaced by the lines of standard input, `@FILE` by the lines of the file.
 * Long lists are read while they are used.
 *
 * @throws {SelectorError} for a malformed selector of the command line; the job reports malformed lines of lists
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

/** Returns the selectors as an array if there are few, or else as an iterable. */
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
