import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { SeriesItem } from './lane-item.ts'
import { openInstance, shareOfInstance, type InstanceSources } from './open-instance.ts'
import type { Received } from './received.ts'

/** The members of an item that {@link openSeries} needs. */
export type SeriesToOpen = Pick<SeriesItem, 'id' | 'key' | 'entries' | 'losslessStorageFormat' | 'isLatestVersion'>

/** An open series. Its instances fetch their frames when they are read. */
export interface OpenSeries {
  readonly instances: readonly DicomInstance[]
  /** The number of frames of the series in flight while it is read. */
  readonly frameConcurrency: number
  /** The most bytes of frames in memory at a time. */
  readonly heldByteLength: number
  /** Aborts unfinished requests. */
  close(): void
}

/**
 * Opens the instances of a series. Fetches nothing. Its frames together may have as many in flight as one large
 * instance.
 *
 * @throws {WholeInstanceError} if whole instances are requested and not available
 */
export function openSeries(sources: InstanceSources, item: SeriesToOpen, received?: Received): OpenSeries {
  const opened = item.entries.map((entry) =>
    openInstance(sources, { ...item, entry }, { isFallback: false, keepsFrames: 'never', received }),
  )
  const instances = opened.map(({ instance }) => instance)
  const described = instances.map((instance) => instance.describe())
  const frameCount = described.reduce((sum, one) => sum + one.frameCount, 0)
  const largest = described.reduce((most, one) => Math.max(most, one.frameByteLength + one.storedFrameByteLength), 0)
  const fitting = Math.floor(shareOfInstance(sources) / Math.max(1, largest))
  const frameConcurrency = Math.max(1, Math.min(frameCount, sources.maxFrames, fitting))
  const ofOne = opened.reduce((most, { heldByteLength }) => Math.max(most, heldByteLength), 0)
  return {
    instances,
    frameConcurrency,
    heldByteLength: Math.max(frameConcurrency * largest, ofOne),
    close: () => opened.forEach((one) => one.close()),
  }
}
