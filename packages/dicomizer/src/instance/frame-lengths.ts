import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { numberOfFrames } from '@ahi-dicom/dicom-standard'

import type { InstanceEntry } from './dicom-instance.ts'

/**
 * Returns the stored length of every frame in bytes, if the document states it. Documents that name the stored syntax
 * do. Older ones have the lengths of decoded frames.
 */
export function statedFrameLengths(instance: InstanceMetadata, areWrong: boolean): readonly number[] | undefined {
  if (areWrong || instance.StoredTransferSyntaxUID === undefined) return undefined
  const lengths = instance.ImageFrames.map(({ FrameSizeInBytes: length }) => length ?? Number.NaN)
  return lengths.every((length) => Number.isSafeInteger(length) && length >= 0) ? lengths : undefined
}

/** Returns the largest `FrameSizeInBytes`. In documents of 2023 it is the length of a decoded frame. */
export function largestStoredFrame(entry: InstanceEntry): number {
  const decoded = estimatedFrameByteLength(entry)
  return entry.instance.ImageFrames.reduce((largest, frame) => Math.max(largest, frame.FrameSizeInBytes ?? decoded), 1)
}

/** Frames up to this length are always accepted, because the attributes of small frames are sometimes wrong. */
const alwaysAllowed = 8 * 2 ** 20

/**
 * Returns the most bytes that a stored frame can have, by the largest size that the document states. Frames are
 * compressed; twice the samples allow for coders that make them longer. If AHI could not split the pixels, one frame
 * holds several.
 */
export function mostFrameByteLength(entry: InstanceEntry): number {
  const { DICOM, ImageFrames: frames } = entry.instance
  const stated = numberOfFrames(DICOM['NumberOfFrames']) ?? 1
  const together = stated > frames.length && frames.length > 0 ? Math.ceil(stated / frames.length) : 1
  const samples = Math.max(1, Number(DICOM['SamplesPerPixel'] ?? 1) || 1)
  const largest = frames.reduce((most, { PixelDataChecksumFromBaseToFullResolution: levels = [] }) => {
    const pixels = levels.reduce((larger, { Width, Height }) => Math.max(larger, Width * Height), 0)
    return Math.max(most, pixels * samples * 4)
  }, largestStoredFrame(entry))
  return alwaysAllowed + 2 * together * Math.max(largest, estimatedFrameByteLength(entry))
}

/** Returns the bytes of one decoded frame according to the document, or 0 if it does not state the size. */
export function estimatedFrameByteLength({ instance }: InstanceEntry): number {
  const number = (keyword: string): number => Number(instance.DICOM[keyword] ?? Number.NaN)
  const rows = number('Rows')
  const columns = number('Columns')
  const samples = instance.DICOM['SamplesPerPixel'] === undefined ? 1 : number('SamplesPerPixel')
  const byteLength = rows * columns * samples * Math.ceil(number('BitsAllocated') / 8)
  return Number.isFinite(byteLength) && byteLength > 0 ? byteLength : 0
}
