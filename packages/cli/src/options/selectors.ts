import { text } from 'node:stream/consumers'
import { parseSelector, type Selector } from '@ahi-dicom/exporter'

/** Returns the selectors of the command line, with those on standard input, one a line, in the place of `-`. */
export async function readSelectors(
  values: readonly string[],
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<Selector[]> {
  const fromInput = values.includes('-') ? linesOf(await readInput(stdin, signal)) : []
  return values.flatMap((value) => (value === '-' ? fromInput : [value])).map(parseSelector)
}

/** Empty lines and lines that begin with # are no selectors. */
function linesOf(input: string): string[] {
  return input
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Reads to the end of the input, which may never come: an interrupt must end the wait. */
async function readInput(stdin: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return await Promise.race([text(stdin), aborted])
}
