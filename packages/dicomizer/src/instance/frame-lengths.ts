import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import type { InstanceEntry } from './dicom-instance.ts'

/**
 * Returns the stored length of every frame in bytes, if the document has it: documents that name the stored syntax do, older
 * ones have the length of the decoded frame.
 */
export function statedFrameLengths(instance: InstanceMetadata, areWrong: boolean): readonly number[] | undefined {
  if (areWrong || instance.StoredTransferSyntaxUID === undefined) return undefined
  const lengths = instance.ImageFrames.map(({ FrameSizeInBytes: length }) => length ?? Number.NaN)
  return lengths.every((length) => Number.isSafeInteger(length) && length >= 0) ? lengths : undefined
}

/** Returns the largest `FrameSizeInBytes`, which in documents of 2023 is that of the decoded frame. */
export function largestStoredFrame(entry: InstanceEntry): number {
  const decoded = estimatedFrameByteLength(entry)
  return entry.instance.ImageFrames.reduce((largest, frame) => Math.max(largest, frame.FrameSizeInBytes ?? decoded), 1)
}

/** Returns the bytes of one decoded frame by the document alone; 0 if it does not tell. */
export function estimatedFrameByteLength({ instance }: InstanceEntry): number {
  const number = (keyword: string): number => Number(instance.DICOM[keyword] ?? Number.NaN)
  const rows = number('Rows')
  const columns = number('Columns')
  const samples = instance.DICOM['SamplesPerPixel'] === undefined ? 1 : number('SamplesPerPixel')
  const byteLength = rows * columns * samples * Math.ceil(number('BitsAllocated') / 8)
  return Number.isFinite(byteLength) && byteLength > 0 ? byteLength : 0
}
