import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import type { Terminal } from './terminal.ts'

/** Version of the command's JSON. It changes if a member is removed or changes its meaning, not if one is added. */
export const schemaVersion = 1

/** Writes a value as one line of JSON to standard output. Returns false once the reader has gone. */
export async function printJsonLine(terminal: Terminal, value: object): Promise<boolean> {
  return await terminal.print(jsonLine(value))
}

/** Returns a value as one line of JSON. */
export function jsonLine(value: object): string {
  return `${printableJson(JSON.stringify({ schemaVersion, ...value }))}\n`
}
