import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import type { InstanceUids } from '../dicom/instance-uids.ts'
import { longestValues } from '../document/longest-values.ts'

/**
 * Checks the service's requirements for an instance, and returns its UIDs.
 * @throws {UnreadableFileError} with the reason for the rejection
 */
export function checkInstance(attributes: AttributeMap): InstanceUids {
  const uids = {
    sopClassUid: uidOf(attributes, 'SOPClassUID'),
    sopInstanceUid: uidOf(attributes, 'SOPInstanceUID'),
    studyInstanceUid: uidOf(attributes, 'StudyInstanceUID'),
    seriesInstanceUid: uidOf(attributes, 'SeriesInstanceUID'),
  }
  for (const [keyword, length] of Object.entries(longestValues)) {
    const value = attributes[keyword]
    if (typeof value === 'string' && value.length > length) {
      throw new UnreadableFileError(
        `DICOM attribute ${keyword} has ${value.length} characters, but the limit is ${length}`,
      )
    }
  }
  return uids
}

/**
 * Returns a UID. The service accepts other characters with a warning (INVALID_UID_FORMAT), but its search does not find
 * them.
 */
function uidOf(attributes: AttributeMap, keyword: string): string {
  const value = attributes[keyword]
  if (typeof value !== 'string') throw new UnreadableFileError(`DICOM attribute ${keyword} does not exist`)
  if (!/^[\d.]+$/.test(value)) throw new UnreadableFileError(`DICOM attribute ${keyword} is not a UID`)
  return value
}
