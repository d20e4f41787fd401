import { attributeLevel } from '@ahi-dicom/ahi-metadata'
import { formatTag, isFileMeta } from '@ahi-dicom/dicom-standard'

/**
 * The attributes that separate image sets: StudyDate, AccessionNumber, PatientID, the UIDs of study and series,
 * StudyID, SeriesNumber.
 */
const grouping: readonly number[] = [0x00080020, 0x00080050, 0x00100020, 0x0020000d, 0x0020000e, 0x00200010, 0x00200011]

/**
 * Returns true if AHI keeps an attribute once for all instances of an image set although the instances may differ in
 * it. Image sets are separated by seven attributes only.
 */
export function isShared(tag: number): boolean {
  return !isFileMeta(tag) && !grouping.includes(tag) && attributeLevel(formatTag(tag)) !== 'Instance'
}
