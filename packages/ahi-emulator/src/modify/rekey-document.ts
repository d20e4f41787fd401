import type { AttributeMap, ImageSetMetadata, InstanceMetadata, SeriesMetadata } from '@ahi-dicom/ahi-metadata'
import { inUidOrder } from '../document/instance-order.ts'
import { ModificationError } from './modification.ts'

/** An instance whose SOPInstanceUID was changed. */
export interface RenamedInstance {
  readonly from: string
  readonly to: string
}

/**
 * Keys series and instances by their current UIDs.
 * @throws {ModificationError} if two have the same UID
 */
export function rekeyDocument(document: ImageSetMetadata): {
  readonly document: ImageSetMetadata
  readonly renamed: readonly RenamedInstance[]
} {
  const renamed: RenamedInstance[] = []
  const series: Record<string, SeriesMetadata> = {}
  const taken = new Set<string>()
  for (const [seriesUid, one] of Object.entries(document.Study.Series)) {
    const instances: Record<string, InstanceMetadata> = {}
    for (const [from, instance] of Object.entries(one.Instances)) {
      const to = uidOf(instance.DICOM, 'SOPInstanceUID', from)
      if (taken.has(to)) throw new ModificationError(`SOPInstanceUID ${to} is not unique in the image set`)
      taken.add(to)
      instances[to] = instance
      if (to !== from) renamed.push({ from, to })
    }
    const uid = uidOf(one.DICOM, 'SeriesInstanceUID', seriesUid)
    if (series[uid] !== undefined)
      throw new ModificationError(`SeriesInstanceUID ${uid} is not unique in the image set`)
    series[uid] = { ...one, Instances: inUidOrder(instances) }
  }
  return { document: { ...document, Study: { ...document.Study, Series: series } }, renamed }
}

function uidOf(attributes: AttributeMap, keyword: string, key: string): string {
  const uid = attributes[keyword]
  return typeof uid === 'string' ? uid : key
}
