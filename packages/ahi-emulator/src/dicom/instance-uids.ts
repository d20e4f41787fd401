import { plainText } from './element-values.ts'
import { readPart10 } from './read-part10.ts'
import { Tag } from './tags.ts'

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
    sopClassUid: plainText(dataSet.get(Tag.SOPClassUID)),
    sopInstanceUid: plainText(dataSet.get(Tag.SOPInstanceUID)),
    studyInstanceUid: plainText(dataSet.get(Tag.StudyInstanceUID)),
    seriesInstanceUid: plainText(dataSet.get(Tag.SeriesInstanceUID)),
  }
}
