import type { AhiClientOptions } from '@ahi-dicom/ahi-client'
import { Option } from 'commander'
import { wholeNumber } from './option-values.ts'

/** Options of the commands that read metadata documents. */
export interface DocumentOptions {
  readonly maxDocumentBytes?: number
}

/** Returns the option that bounds metadata documents. */
export function documentOption(): Option {
  return new Option(
    '--max-document-bytes <n>',
    'most bytes of a metadata document, unpacked (default: 104857600)',
  ).argParser(wholeNumber('--max-document-bytes', { from: 1024, to: 2 ** 29 }))
}

/** Returns the limits for documents that the option sets. */
export function documentSettings({ maxDocumentBytes }: DocumentOptions): Pick<AhiClientOptions, 'documentLimits'> {
  return maxDocumentBytes === undefined ? {} : { documentLimits: { maxByteLength: maxDocumentBytes } }
}
