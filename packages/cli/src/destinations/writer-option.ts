import { Option } from 'commander'
import { isWriterName } from '@ahi-dicom/export-files/writers'
import { UsageError } from '../errors.ts'

/** Which of several writers exports into a place. */
export interface WriterOptions {
  readonly outWriter?: string
}

/** Returns the option that names a writer. */
export function writerOption(): Option {
  const help = 'folder, S3: name of this writer, if several export into one place, each another selection'
  return new Option('--out-writer <name>', help).argParser(parseWriter)
}

function parseWriter(value: string): string {
  if (isWriterName(value)) return value
  throw new UsageError(
    `Cannot use '${value}' as --out-writer: give up to 64 letters (A to Z), digits, dots, hyphens and underscores`,
  )
}
