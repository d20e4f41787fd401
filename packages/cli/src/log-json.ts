import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import { schemaVersion } from './json-line.ts'

/** Returns a function that writes each message as one line of JSON, with `time` in UTC (ISO 8601). The default event is `note`. */
export function createJsonLogWriter(
  writeLine: (line: string) => void,
  now: () => Date = () => new Date(),
): (level: string, message: string, fields: { readonly event?: string }) => void {
  return (level, message, { event = 'note', ...facts }) => {
    const entry = { schemaVersion, time: now().toISOString(), level, event, message, ...facts }
    writeLine(printableJson(JSON.stringify(entry)))
  }
}
