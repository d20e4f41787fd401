import type { MergedCounts } from '@ahi-dicom/export-files'
import type { ExportOutcome } from '@ahi-dicom/exporter'

/** Facts that decide the outcome of a run, besides the counts of the merged record. */
export interface OutcomeParts {
  /** Whether all jobs are done or failed, and all records are merged. */
  readonly isOver: boolean
  readonly checksumMismatches: number
}

/** Returns the outcome of a run, by the same rules as for a single export. */
export function outcomeOf(merged: MergedCounts, { isOver, checksumMismatches }: OutcomeParts): ExportOutcome {
  const { failures, retryableFailures, instances, errors } = merged
  if (!isOver) return 'interrupted'
  if (checksumMismatches > 0) return 'checksum-mismatch'
  const { NOTHING_SELECTED: nothing = 0, SELECTOR_MALFORMED: malformed = 0 } = errors
  if (instances === 0 && failures === nothing + malformed) return 'nothing-selected'
  if (failures > 0) return failures === retryableFailures ? 'retryable' : 'failed'
  return merged.unverifiedInstances > 0 ? 'unverified' : 'complete'
}
