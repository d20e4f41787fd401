import type { RecordStore } from '@ahi-dicom/export-files'
import type { WriterOptions } from '../store/dicomweb-writer.ts'

/** Options of a DICOMweb server as a destination. */
export interface DicomwebOptions extends Omit<WriterOptions, 'mask'> {
  /**
   * Storage of the record, such as `folderRecord` of `@ahi-dicom/exporter-fs`. Default: memory, and the export cannot
   * be resumed.
   */
  readonly record?: RecordStore | undefined
}

/**
 * Checks the options of a destination.
 *
 * @throws {TypeError} if an option is invalid
 */
export function checkOptions(options: DicomwebOptions): void {
  checkUrl(options.url)
  const { maxRequestBytes, maxRequestInstances, concurrency, maxAttempts, timeoutMs, retryDelayMs } = options
  checkCount({ maxRequestBytes, maxRequestInstances, concurrency, maxAttempts, timeoutMs }, 1)
  checkCount({ retryDelayMs }, 0)
  const ways = (['token', 'tokenFile', 'basic', 'sigv4'] as const).filter((name) => options[name] !== undefined)
  if (ways.length > 1) throw new TypeError(`Expected one of \`${ways.join('`, `')}\`, got ${ways.length}`)
  const { user = '', password = '' } = options.basic ?? {}
  // A colon ends the user name (RFC 7617 2).
  if (/[:\p{Cc}]/u.test(user) || /\p{Cc}/u.test(password)) {
    throw new TypeError('Expected `basic` without control characters, and without a colon in `user`')
  }
}

/** Checks the URL. Errors do not show it, because it may contain a password. */
function checkUrl(text: string): void {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/u.test(url.protocol)) throw new TypeError('Expected `url` to be an http or https URL')
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Expected `url` without a user name and a password; give them as `basic`')
  }
  if (url.search !== '' || url.hash !== '') throw new TypeError('Expected `url` without a query and a fragment')
}

function checkCount(counts: Readonly<Record<string, number | undefined>>, least: number): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isSafeInteger(count) && count >= least)) continue
    throw new TypeError(`Expected \`${name}\` to be a whole number from ${least} on, got \`${count}\``)
  }
}
