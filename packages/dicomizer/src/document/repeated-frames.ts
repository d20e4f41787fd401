import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { numberOfFrames } from '@ahi-dicom/dicom-standard'

/**
 * Returns an instance without repeated frames, if the document lists frames several times but NumberOfFrames counts
 * each once. Otherwise returns the instance unchanged: an image may use the same frame several times.
 */
export function withoutRepeatedFrames(instance: InstanceMetadata): InstanceMetadata {
  const { ImageFrames: frames, DICOM: attributes } = instance
  const stated = numberOfFrames(attributes['NumberOfFrames'])
  if (stated === undefined || frames.length <= stated) return instance
  const seen = new Set<string>()
  const once = frames.filter(({ ID }) => seen.size < seen.add(ID).size)
  return once.length === stated ? { ...instance, ImageFrames: once } : instance
}
