import type { Run } from '@ahi-dicom/fleet'

/** Returns what JSON tells of a run. Settings are left out, since a list of selectors is long. */
export function runJson({ id, datastoreId, destination, createdAt, state, reportedAt }: Run): object {
  return { id, datastoreId, destination, createdAt, state, reportedAt }
}
