import { tags } from '@ahi-dicom/dicom-standard'
import { plainText, readPart10 } from '@ahi-dicom/dicom-standard/reader'

/** The UIDs that identify an instance. A missing UID is an empty string. */
export interface InstanceUids {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
}

/**
 * Reads the UIDs of a Part 10 file.
 * @throws {UnreadableFileError} if the bytes are not a Part 10 file
 */
export function readInstanceUids(bytes: Uint8Array): InstanceUids {
  const { dataSet } = readPart10(bytes)
  return {
    sopClassUid: plainText(dataSet.get(tags.sopClassUid)),
    sopInstanceUid: plainText(dataSet.get(tags.sopInstanceUid)),
    studyInstanceUid: plainText(dataSet.get(tags.studyInstanceUid)),
    seriesInstanceUid: plainText(dataSet.get(tags.seriesInstanceUid)),
  }
}
