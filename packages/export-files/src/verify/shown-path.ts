import { shownExtension } from '../destination/path-mask.ts'
import { mediaLayout } from '../layout/media-layout.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import { recordedStem } from '../record/recorded-stem.ts'
import { isOfRecord } from '../record/safe-path.ts'

/**
 * Matches a UID, made from a UUID or with four components or more, and the hash, frame number and extension after it.
 */
const uidName = /^(?:2\.25\.\d{20,39}|[0-2](?:\.(?:0|[1-9]\d*)){3,})(?:-[0-9a-f]{8})*(?:-\d{4,})?(?:\.[a-z]{1,8})?$/u

/** Masks paths of an export, so that they name no patient. */
export interface ShownPaths {
  /** Adds a recorded file. */
  add(file: RecordedFile): void
  /**
   * Returns a path as it may be shown. `file` is the recorded file at the path, if there is one. Add all recorded files
   * before showing a path without one.
   */
  show(path: string, file?: RecordedFile): string
}

/**
 * Creates a {@link ShownPaths} for a layout. Paths of the layout `media` are shown unchanged. In any other path, each
 * part that is not a UID becomes `*`, because it may contain patient data. A recorded path that lacks the UID of its
 * instance or series is followed by this UID. Paths that are not recorded are shown unchanged if all recorded paths
 * consist of UIDs.
 */
export function createShownPaths(layout: string | undefined): ShownPaths {
  const isMedia = layout === mediaLayout
  let consistsOfUids: boolean | undefined
  return {
    add(file) {
      consistsOfUids = consistsOfUids !== false && maskedFile(file) === file.path
    },
    show(path, file) {
      if (file !== undefined) return recordedPath(file, isMedia ? path : maskedFile(file))
      return isMedia || isOfRecord(path) || consistsOfUids === true ? path : masked(path)
    },
  }
}

function recordedPath({ seriesInstanceUid, sopInstanceUid }: RecordedFile, shown: string): string {
  if (shown.includes(sopInstanceUid ?? seriesInstanceUid)) return shown
  return sopInstanceUid === undefined
    ? `${shown} (series ${seriesInstanceUid})`
    : `${shown} (SOP instance ${sopInstanceUid})`
}

/** Returns the masked path of a recorded file. The suffix of a file of a series stays, because it names no patient. */
export function maskedFile(file: RecordedFile): string {
  return file.scope === 'series' ? masked(recordedStem(file)) + file.suffix : masked(file.path)
}

/**
 * Returns a path with `*` in place of each part that is not a UID. A known extension stays.
 *
 * @example
 * import { maskedPath } from '@ahi-dicom/export-files'
 *
 * console.log(maskedPath('A1/1.2.840.10008.1.dcm')) // …/1.2.840.10008.1.dcm
 */
function masked(path: string): string {
  const names = path.split('/')
  return names.map((name) => (uidName.test(name) ? name : `*${shownExtension(name)}`)).join('/')
}

export { masked as maskedPath }
