import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { longestValues } from '../document/longest-values.ts'
import { UnreadableFileError } from '../dicom/unreadable-file-error.ts'

/** Without these an instance has no place in a data store; the service names them in this way. */
const requiredKeywords = ['SOPClassUID', 'SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID'] as const

/** The UIDs that an instance is found by. */
export interface InstanceUids {
  readonly studyInstanceUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
}

/**
 * Checks what the service requires of every instance.
 * @throws {UnreadableFileError} with the reason of the rejection
 */
export function checkInstance(attributes: AttributeMap): InstanceUids {
  for (const keyword of requiredKeywords) uidOf(attributes, keyword)
  for (const [keyword, length] of Object.entries(longestValues)) {
    const value = attributes[keyword]
    if (typeof value === 'string' && value.length > length) {
      throw new UnreadableFileError(`DICOM attribute ${keyword} has ${value.length} characters, ${length} are the most`)
    }
  }
  return {
    studyInstanceUid: uidOf(attributes, 'StudyInstanceUID'),
    sopInstanceUid: uidOf(attributes, 'SOPInstanceUID'),
    seriesInstanceUid: uidOf(attributes, 'SeriesInstanceUID'),
  }
}

/** The service takes other characters with a warning (INVALID_UID_FORMAT), but its search does not find them. */
function uidOf(attributes: AttributeMap, keyword: string): string {
  const value = attributes[keyword]
  if (typeof value !== 'string') throw new UnreadableFileError(`DICOM attribute ${keyword} does not exist`)
  if (!/^[\d.]+$/.test(value)) throw new UnreadableFileError(`DICOM attribute ${keyword} is no UID`)
  return value
}
