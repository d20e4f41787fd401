import type { AttributeMap, InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import { numberOfFrames } from '@ahi-dicom/dicom-standard'

import type { StoredSyntax } from '../frames/transfer-syntax.ts'

/**
 * Why the frames of an instance cannot serve, so that only the whole instance has its pixels (AHI keeps what it could
 * not take apart as one object); `undefined` where they can, and for instances without pixels.
 */
export function whyFramesCannotServe(instance: InstanceMetadata, syntax: StoredSyntax): string | undefined {
  const { DICOM: attributes, ImageFrames: frames } = instance
  if (frames.length === 0) return describesImage(attributes) ? 'the image set has none of its frames' : undefined
  if (!syntax.isNative && !syntax.encapsulates) return `its frames are stored as ${syntax.uid}`
  const stated = numberOfFrames(attributes['NumberOfFrames']) ?? 1
  if (syntax.isVideo || stated === frames.length) return undefined
  return `NumberOfFrames is ${stated} and the image set has ${frames.length} frames`
}

/** Frames that an instance without ImageFrames says it has; 0 for reports, plans and others without pixels. */
export function describedFrames(attributes: AttributeMap): number {
  if (!describesImage(attributes)) return 0
  return numberOfFrames(attributes['NumberOfFrames']) ?? 1
}

/** Attributes that mean that there are pixels, one alone: a damaged file may lack any of them. */
const imageKeywords = [
  'Rows',
  'Columns',
  'BitsAllocated',
  'BitsStored',
  'SamplesPerPixel',
  'PhotometricInterpretation',
  'NumberOfFrames',
]

function describesImage(attributes: AttributeMap): boolean {
  const has = (keyword: string): boolean => (attributes[keyword] ?? null) !== null
  if (hasFloatPixelData(attributes)) return false
  return imageKeywords.some(has)
}

/** Whether the pixels are attributes of their own (PS3.3 C.7.6.24, C.7.6.25) and no Pixel Data. */
export function hasFloatPixelData(attributes: AttributeMap): boolean {
  return ['FloatPixelData', 'DoubleFloatPixelData'].some((keyword) => attributes[keyword] !== undefined)
}
