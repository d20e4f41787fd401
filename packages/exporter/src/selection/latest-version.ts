import type { ExporterClient } from './client.ts'
import type { SelectedImageSet } from './selection.ts'

/**
 * Tells whether a selected version of an image set is the latest. AHI is asked only where a selector names a version,
 * and only for the sake of whole instances; what it does not tell counts as no.
 */
export function latestVersion(
  client: ExporterClient,
  { datastoreId, signal }: { readonly datastoreId: string; readonly signal?: AbortSignal | undefined },
): (selected: SelectedImageSet) => Promise<boolean> {
  return async ({ summary: { imageSetId, versionId }, isVersionNamed }) => {
    if (!isVersionNamed) return true
    if (client.getDICOMInstance === undefined) return false
    try {
      const latest = await client.getImageSet({ datastoreId, imageSetId, signal })
      return latest.versionId === versionId
    } catch {
      signal?.throwIfAborted()
      return false
    }
  }
}
