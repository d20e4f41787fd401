import { shownExtension } from '../destination/path-mask.ts'
import { mediaLayout } from '../layout/media-layout.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import { recordedStem } from '../record/recorded-stem.ts'
import { isOfRecord } from '../record/safe-path.ts'

/** A UID made from a UUID, or of four components or more, with what a claim or a format adds to it. */
const uidName = /^(?:2\.25\.\d{20,39}|[0-2](?:\.(?:0|[1-9]\d*)){3,})(?:-[0-9a-f]{8})*(?:-\d{4,})?(?:\.[a-z]{1,8})?$/u

/** Shows paths of an export so that they name no patient. */
export interface ShownPaths {
  /** Takes a recorded file. */
  add(file: RecordedFile): void
  /** Shows a path. `file` is the recorded file of the path, if there is one. All recorded files are to be added before others are shown. */
  show(path: string, file?: RecordedFile): string
}

/**
 * Shows paths of an export so that they name no patient. Those of the layout `media` are shown as they are. Of any other
 * layout, each part that is not a UID becomes `*`: nobody knows what it was made from. A recorded path without the UID of its instance, or of its series, is followed by it. If there are recorded paths and all
 * of them consist of UIDs, other paths are shown as they are.
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

/** Shows the path of a recorded file. The suffix of a file of a series names no patient. */
export function maskedFile(file: RecordedFile): string {
  return file.scope === 'series' ? masked(recordedStem(file)) + file.suffix : masked(file.path)
}

/**
 * Returns a path in which `*` stands for each part that is not a UID. The extension stays.
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
