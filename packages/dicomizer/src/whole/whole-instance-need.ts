import type { AttributeMap, InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import { numberOfFrames } from '@ahi-dicom/dicom-standard'

import type { StoredSyntax } from '../frames/transfer-syntax.ts'

/**
 * Returns why the frames of an instance cannot be used, so that its pixels have to come from the whole instance.
 * Returns `undefined` if they can be used, and for instances without pixels. AHI stores an instance as one object if it
 * could not split it.
 */
export function whyFramesCannotServe(instance: InstanceMetadata, syntax: StoredSyntax): string | undefined {
  const { DICOM: attributes, ImageFrames: frames } = instance
  if (frames.length === 0) return describesImage(attributes) ? 'the image set lacks its frames' : undefined
  if (!syntax.isNative && !syntax.encapsulates) return `its frames are stored as ${syntax.uid}`
  const stated = numberOfFrames(attributes['NumberOfFrames']) ?? 1
  if (syntax.isVideo || stated === frames.length) return undefined
  return `NumberOfFrames is ${stated}, but the image set has ${frames.length} frames`
}

/**
 * Returns the number of frames that an instance without ImageFrames describes. 0 for reports, plans and others without
 * pixels.
 */
export function describedFrames(attributes: AttributeMap): number {
  if (!describesImage(attributes)) return 0
  return numberOfFrames(attributes['NumberOfFrames']) ?? 1
}

/** Attributes that only images have. One is enough, because a damaged file may lack any of them. */
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

/** Returns whether the pixels are Float or Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25) and not Pixel Data. */
export function hasFloatPixelData(attributes: AttributeMap): boolean {
  return ['FloatPixelData', 'DoubleFloatPixelData'].some((keyword) => attributes[keyword] !== undefined)
}
