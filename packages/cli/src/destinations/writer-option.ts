import { Option } from 'commander'
import { isWriterName } from '@ahi-dicom/export-files/writers'
import { UsageError } from '../errors.ts'

/** Name of a writer, if several exports write to the same destination. */
export interface WriterOptions {
  readonly outWriter?: string
}

/** Returns the option `--out-writer`. */
export function writerOption(): Option {
  const help = 'folder, S3: name of this export, if several with different selections share a destination'
  return new Option('--out-writer <name>', help).argParser(parseWriter)
}

function parseWriter(value: string): string {
  if (isWriterName(value)) return value
  throw new UsageError(
    `Cannot use '${value}' as --out-writer: give up to 64 letters (A to Z), digits, dots, hyphens and underscores`,
  )
}
