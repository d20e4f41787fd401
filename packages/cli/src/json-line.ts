import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import type { Terminal } from './terminal.ts'

/** Version of the JSON that the command writes. It changes if a member goes or changes its meaning, not if one is added. */
export const schemaVersion = 1

/** Writes a value as one line of JSON to standard output; `false` once nobody reads it any more. */
export async function printJsonLine(terminal: Terminal, value: object): Promise<boolean> {
  return await terminal.print(jsonLine(value))
}

/** Returns a value as one line of JSON. */
export function jsonLine(value: object): string {
  return `${printableJson(JSON.stringify({ schemaVersion, ...value }))}\n`
}
