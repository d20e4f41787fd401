import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'

/** Returns instances in the service's order: by UID as text, not by InstanceNumber. */
export function inUidOrder(instances: Readonly<Record<string, InstanceMetadata>>): Record<string, InstanceMetadata> {
  return Object.fromEntries(Object.entries(instances).sort(([a], [b]) => (a < b ? -1 : 1)))
}
