import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { planVolumes, readVolume, VolumeError, type PlanVolumesOptions, type Volume } from '@ahi-dicom/volumes'
import { errorEntry, failureOf } from '../failure/failure.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { readInstances, type ReadOptions, type ReadParts } from './read-instances.ts'

/** Options of `loadVolumes`. */
export interface LoadVolumeOptions
  extends
    Pick<ReadOptions, 'datastoreId' | 'signal' | 'source' | 'onFailure'>,
    Pick<SelectionOptions, 'selectors' | 'filters' | 'nonPrimary'>,
    Omit<PlanVolumesOptions, 'onRefused'> {
  /** The number of frames to fetch, decode and verify at a time. Default 64. */
  readonly frameConcurrency?: number | undefined
}

/** Reads the volumes of the selected instances into memory, one after the other. */
export async function loadVolumes(parts: ReadParts, options: LoadVolumeOptions): Promise<Volume[]> {
  const { frameConcurrency = 64, datastoreId, onFailure } = options
  const signal = options.signal === undefined ? parts.closed : AbortSignal.any([parts.closed, options.signal])
  const instances: DicomInstance[] = []
  for await (const instance of readInstances(parts, options)) instances.push(instance)

  function refuse(error: unknown, seriesInstanceUid: string | undefined): void {
    signal.throwIfAborted()
    if (onFailure === undefined) throw error
    onFailure(errorEntry(failureOf(error), { datastoreId, seriesInstanceUid, sopInstanceUid: instanceOf(error) }))
  }

  const planned = planVolumes(instances, {
    ...options,
    onRefused: (error) => refuse(error, error.seriesInstanceUid),
  })
  const volumes: Volume[] = []
  for (const volume of planned) {
    try {
      volumes.push(await readVolume(volume, { signal, frameConcurrency }))
    } catch (error) {
      refuse(error, volume.seriesInstanceUid)
    }
  }
  return volumes
}

/** Returns the SOPInstanceUID that an error is about, or undefined if it is not about one instance. */
function instanceOf(error: unknown): string | undefined {
  if (error instanceof VolumeError) return error.sopInstanceUids.length === 1 ? error.sopInstanceUids[0] : undefined
  const uid: unknown = error instanceof Error ? Reflect.get(error, 'sopInstanceUid') : undefined
  return typeof uid === 'string' ? uid : undefined
}
