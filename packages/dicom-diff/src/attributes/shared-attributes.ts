import { attributeLevel } from '@ahi-dicom/ahi-metadata'
import { formatTag, isFileMeta } from '@ahi-dicom/dicom-standard'

/** StudyDate, AccessionNumber, PatientID, the UIDs of study and series, StudyID, SeriesNumber. */
const grouping: readonly number[] = [0x00080020, 0x00080050, 0x00100020, 0x0020000d, 0x0020000e, 0x00200010, 0x00200011]

/**
 * Whether AHI keeps an attribute once for all instances of an image set, and the instances may differ in it: image sets are
 * told apart by seven attributes.
 */
export function isShared(tag: number): boolean {
  return !isFileMeta(tag) && !grouping.includes(tag) && attributeLevel(formatTag(tag)) !== 'Instance'
}
