import { tags } from '@ahi-dicom/dicom-standard'
import { plainText, readPart10 } from '@ahi-dicom/dicom-standard/reader'

/** The UIDs that an instance is known by; empty where it has none. */
export interface InstanceUids {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
}

/**
 * Reads the UIDs of a Part 10 file.
 * @throws {UnreadableFileError} for what is no such file
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
