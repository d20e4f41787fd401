import { createHash } from 'node:crypto'
import type { FoundInstance } from './find-instance.ts'

/** Binary values of more bytes are not in the answers of the metadata operations. */
const LARGEST_INLINE_VALUE = 1024 * 1024

/** The name of a binary value that is got by itself; `undefined` for one that is small enough to be inline. */
export function bulkDataName(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength <= LARGEST_INLINE_VALUE) return undefined
  return createHash('sha256').update(bytes).digest('hex')
}

/** The URI of a binary value of an instance. */
export function bulkDataUri(
  name: string,
  { instance, origin }: { readonly instance: FoundInstance; readonly origin: string },
): string {
  const { datastoreId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, imageSetId } = instance
  const query = imageSetId === undefined ? '' : `?imageSetId=${imageSetId}`
  const series = `${origin}/datastore/${datastoreId}/studies/${studyInstanceUid}/series/${seriesInstanceUid}`
  return `${series}/instances/${sopInstanceUid}/bulkdata/${name}${query}`
}
