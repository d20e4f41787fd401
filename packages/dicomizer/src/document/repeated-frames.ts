import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { numberOfFrames } from '@ahi-dicom/dicom-standard'

/**
 * Returns an instance with each frame once, if the document lists frames more than once and NumberOfFrames counts them once.
 * Otherwise returns it as it is: a frame may stand for several.
 */
export function withoutRepeatedFrames(instance: InstanceMetadata): InstanceMetadata {
  const { ImageFrames: frames, DICOM: attributes } = instance
  const stated = numberOfFrames(attributes['NumberOfFrames'])
  if (stated === undefined || frames.length <= stated) return instance
  const seen = new Set<string>()
  const once = frames.filter(({ ID }) => seen.size < seen.add(ID).size)
  return once.length === stated ? { ...instance, ImageFrames: once } : instance
}
