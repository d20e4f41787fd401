import type { Destination } from '../destination/destination.ts'
import { OutputError } from '../errors.ts'
import type { MergedRecords, MergeOptions } from './merged-records.ts'

/**
 * Merges the records of all writers of a destination into its own record, each file once, and removes them. The destination
 * is one without a writer, and is open.
 */
export async function mergeRecords<Summary extends object>(
  { name }: Destination,
  _options: MergeOptions<Summary>,
): Promise<MergedRecords<Summary>> {
  throw new OutputError('OUTPUT_UNSUPPORTED', `Cannot merge the records of "${name}"`, { path: name })
}
