import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import type { Terminal } from './terminal.ts'

/** Writes a value as one line of JSON to standard output; `false` once nobody reads it any more. */
export async function printJsonLine(terminal: Terminal, value: unknown): Promise<boolean> {
  return await terminal.print(`${printableJson(JSON.stringify(value))}\n`)
}
