import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { SegmentCode, VolumeSegment } from '../model/volume.ts'

/** How the frames of a segmentation are to be read (PS3.3 C.8.20.2). */
export type SegmentationType = 'BINARY' | 'FRACTIONAL' | 'LABELMAP'

/** Returns the type of a segmentation; undefined for other images. */
export function segmentationType(attributes: DicomAttributes): SegmentationType | undefined {
  const type = attributes.string('SegmentationType')
  return type === 'BINARY' || type === 'FRACTIONAL' || type === 'LABELMAP' ? type : undefined
}

/** Returns the segment table of a segmentation. */
export function segmentTable(attributes: DicomAttributes): readonly VolumeSegment[] {
  return attributes.items('SegmentSequence').map((item) => ({
    number: item.number('SegmentNumber') ?? 0,
    label: item.string('SegmentLabel') ?? '',
    category: codeOf(item.items('SegmentedPropertyCategoryCodeSequence')[0]),
    type: codeOf(item.items('SegmentedPropertyTypeCodeSequence')[0]),
    algorithmType: item.string('SegmentAlgorithmType'),
  }))
}

function codeOf(item: DicomAttributes | undefined): SegmentCode | undefined {
  const value = item?.string('CodeValue')
  if (item === undefined || value === undefined) return undefined
  return { value, scheme: item.string('CodingSchemeDesignator') ?? '', meaning: item.string('CodeMeaning') ?? '' }
}
