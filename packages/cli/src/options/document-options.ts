import type { AhiClientOptions } from '@ahi-dicom/ahi-client'
import { Option } from 'commander'
import { wholeNumber } from './option-values.ts'

/** Options of the commands that read metadata documents. */
export interface DocumentOptions {
  readonly maxDocumentBytes?: number
}

/** Returns the option `--max-document-bytes`. */
export function documentOption(): Option {
  return new Option(
    '--max-document-bytes <n>',
    'maximum bytes of a decompressed metadata document (default: 104857600)',
  ).argParser(wholeNumber('--max-document-bytes', { from: 1024, to: 2 ** 29 }))
}

/** Returns the limits for metadata documents as options of the client. */
export function documentSettings({ maxDocumentBytes }: DocumentOptions): Pick<AhiClientOptions, 'documentLimits'> {
  return maxDocumentBytes === undefined ? {} : { documentLimits: { maxByteLength: maxDocumentBytes } }
}
