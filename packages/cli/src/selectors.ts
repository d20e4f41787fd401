import { text } from 'node:stream/consumers'
import { parseSelector, type Selector } from '@ahi-dicom/exporter'

/** Returns the selectors of the command line, with those on standard input, one a line, in the place of `-`. */
export async function readSelectors(values: readonly string[], stdin: NodeJS.ReadableStream): Promise<Selector[]> {
  const fromInput = values.includes('-') ? linesOf(await text(stdin)) : []
  return values.flatMap((value) => (value === '-' ? fromInput : [value])).map(parseSelector)
}

/** Empty lines and lines that begin with # are no selectors. */
function linesOf(input: string): string[] {
  return input
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
