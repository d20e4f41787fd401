import type { Run } from '@ahi-dicom/fleet'

/** Returns a run as it is printed in JSON. Settings are left out, because lists of selectors may be long. */
export function runJson({ id, datastoreId, destination, createdAt, state, reportedAt }: Run): object {
  return { id, datastoreId, destination, createdAt, state, reportedAt }
}
