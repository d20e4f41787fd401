import { shownExtension } from '../destination/path-mask.ts'
import type { ManifestFile } from '../record/read-manifest.ts'
import { isOfRecord } from '../record/safe-path.ts'

/** A UID made from a UUID, or of four components or more, with what a claim or a format adds to it. */
const uidName = /^(?:2\.25\.\d{20,39}|[0-2](?:\.(?:0|[1-9]\d*)){3,})(?:-[0-9a-f]{8})*(?:-\d{4,})?(?:\.[a-z]{1,8})?$/u

/**
 * Returns a function that shows paths of an export so that they name no patient. Verification does not know the layout, so
 * each part that is not a UID becomes `*`. A recorded path without the UID of its instance is followed by it. If all
 * recorded paths consist of UIDs, other paths are shown as they are.
 */
export function createShownPaths(files: ReadonlyMap<string, ManifestFile>): (path: string) => string {
  let consistsOfUids: boolean | undefined
  return (path) => {
    const file = files.get(path)
    if (file !== undefined) return recordedPath(file)
    if (isOfRecord(path)) return path
    consistsOfUids ??= [...files.keys()].every((recorded) => masked(recorded) === recorded)
    return consistsOfUids ? path : masked(path)
  }
}

function recordedPath({ path, sopInstanceUid }: ManifestFile): string {
  const shown = masked(path)
  return shown.includes(sopInstanceUid) ? shown : `${shown} (SOP instance ${sopInstanceUid})`
}

function masked(path: string): string {
  const names = path.split('/')
  return names.map((name) => (uidName.test(name) ? name : `*${shownExtension(name)}`)).join('/')
}
