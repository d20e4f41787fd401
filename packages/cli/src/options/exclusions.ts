import { excludeFilter } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import { checkList, isList, readList, type ListSource } from './lists.ts'

/** Most lines of a list. Each line is a filter that is applied to each instance. */
const mostLines = 10_000

/**
 * Returns the values of `--exclude`, with lists replaced by their lines.
 * @throws {UsageError} for a list that cannot be read or is too long, and for a line that cannot be excluded
 */
export async function readExclusions(texts: readonly string[], source: ListSource): Promise<readonly string[]> {
  const exclusions: string[] = []
  for (const text of texts) {
    if (isList(text)) exclusions.push(...(await linesOf(text, source)))
    else exclusions.push(text)
  }
  return exclusions
}

async function linesOf(list: string, source: ListSource): Promise<readonly string[]> {
  await checkList(list)
  const lines: string[] = []
  for await (const { text, place } of readList(list, source)) {
    if (lines.length >= mostLines) {
      throw new UsageError(
        `Cannot exclude the lines of ${list}: it has more than ${mostLines}; split the export, or exclude by a comparison`,
      )
    }
    checkLine(text, place)
    lines.push(text)
  }
  return lines
}

function checkLine(text: string, place: string): void {
  try {
    excludeFilter(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`Cannot exclude ${place}: ${why}`, { cause })
  }
}
