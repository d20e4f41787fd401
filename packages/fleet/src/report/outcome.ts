import type { MergedCounts } from '@ahi-dicom/export-files'
import type { ExportOutcome } from '@ahi-dicom/exporter'

/** Facts beside the record that decide the outcome of a run. */
export interface OutcomeParts {
  /** Whether all jobs are over, and all records merged. */
  readonly isOver: boolean
  readonly checksumMismatches: number
}

/** Returns how a run ended, by the rules of an export. */
export function outcomeOf(merged: MergedCounts, { isOver, checksumMismatches }: OutcomeParts): ExportOutcome {
  const { failures, retryableFailures, instances, errors } = merged
  if (!isOver) return 'interrupted'
  if (checksumMismatches > 0) return 'checksum-mismatch'
  const { NOTHING_SELECTED: nothing = 0, SELECTOR_MALFORMED: malformed = 0 } = errors
  if (instances === 0 && failures === nothing + malformed) return 'nothing-selected'
  if (failures > 0) return failures === retryableFailures ? 'retryable' : 'failed'
  return merged.unverifiedInstances > 0 ? 'unverified' : 'complete'
}
