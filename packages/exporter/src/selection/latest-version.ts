import type { ExporterClient } from './client.ts'
import type { SelectedImageSet } from './selection.ts'

/**
 * Returns a function that tells if a selected version of an image set is the latest. It asks AHI only if a selector
 * names the version and the client can get whole instances. If AHI's request fails, it returns false.
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
