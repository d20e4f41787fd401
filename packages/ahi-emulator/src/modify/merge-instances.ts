import { isDeepStrictEqual } from 'node:util'
import type { ImageSetMetadata, InstanceMetadata, SeriesMetadata } from '@ahi-dicom/ahi-metadata'
import { inUidOrder } from '../document/instance-order.ts'
import { ModificationError } from './modification.ts'

/** SOPInstanceUIDs by SeriesInstanceUID. */
export type InstanceSelection = Readonly<Record<string, readonly string[]>>

/**
 * Returns the instances that a copy takes from a document, by series. Without a selection, returns all of them.
 * @throws {ModificationError} if the document lacks a selected series or instance
 */
export function selectInstances(
  { Study }: ImageSetMetadata,
  selection: InstanceSelection | undefined,
): Record<string, SeriesMetadata> {
  if (selection === undefined) return Study.Series
  return Object.fromEntries(
    Object.entries(selection).map(([uid, instanceUids]) => [uid, selectOfSeries(uid, Study.Series[uid], instanceUids)]),
  )
}

/** Returns the number of frames of all instances of the given series. */
export function countFrames(series: Readonly<Record<string, SeriesMetadata>>): number {
  return instancesIn(series).reduce((sum, { ImageFrames }) => sum + ImageFrames.length, 0)
}

/** Returns the instances of the given series. */
export function instancesIn(series: Readonly<Record<string, SeriesMetadata>>): InstanceMetadata[] {
  return Object.values(series).flatMap(({ Instances }) => Object.values(Instances))
}

/**
 * Adds selected instances of the source to the destination, whose Patient, Study and Series attributes stay.
 * @throws {ModificationError} if the destination has an instance already, or if those attributes differ and `isForced`
 *   is false
 */
export function mergeInstances(
  destination: ImageSetMetadata,
  source: ImageSetMetadata,
  { copied, isForced }: { readonly copied: Readonly<Record<string, SeriesMetadata>>; readonly isForced: boolean },
): ImageSetMetadata {
  if (!isForced) checkAgreement(destination, source)
  const [first] = Object.keys(destination.Study.Series)
  const merged = { ...destination.Study.Series }
  const taken = new Set(Object.values(merged).flatMap(({ Instances }) => Object.keys(Instances)))
  for (const [uid, { Instances }] of Object.entries(copied)) {
    for (const instance of Object.keys(Instances)) checkUnique(instance, taken)
    const key = merged[uid] === undefined ? (first ?? uid) : uid
    const series = merged[key]
    if (series === undefined) throw new ModificationError(`Series ${uid} is not in the destination image set`)
    merged[key] = { ...series, Instances: inUidOrder({ ...series.Instances, ...Instances }) }
  }
  return { ...destination, Study: { ...destination.Study, Series: merged } }
}

function selectOfSeries(
  seriesInstanceUid: string,
  series: SeriesMetadata | undefined,
  instanceUids: readonly string[],
): SeriesMetadata {
  if (series === undefined) throw new ModificationError(`Series ${seriesInstanceUid} is not in the source image set`)
  const entries = instanceUids.map((uid): [string, InstanceMetadata] => {
    const instance = series.Instances[uid]
    if (instance !== undefined) return [uid, instance]
    throw new ModificationError(`Instance ${uid} is not in the source image set`)
  })
  return { ...series, Instances: inUidOrder(Object.fromEntries(entries)) }
}

/**
 * Checks that Patient, Study and Series attributes are equal. The message for series is the service's (developer guide,
 * "Listing image set versions").
 */
function checkAgreement(destination: ImageSetMetadata, source: ImageSetMetadata): void {
  if (!isDeepStrictEqual(source.Patient.DICOM, destination.Patient.DICOM)) throw disagreement('Patient')
  if (!isDeepStrictEqual(source.Study.DICOM, destination.Study.DICOM)) throw disagreement('Study')
  for (const [uid, series] of Object.entries(source.Study.Series)) {
    if (!isDeepStrictEqual(series.DICOM, destination.Study.Series[uid]?.DICOM)) throw disagreement('Series')
  }
}

function disagreement(level: string): ModificationError {
  return new ModificationError(`${level} of SourceImageSet and DestinationImageSet don't match.`)
}

function checkUnique(sopInstanceUid: string, taken: Set<string>): void {
  if (taken.has(sopInstanceUid)) {
    throw new ModificationError(`SOPInstanceUID ${sopInstanceUid} is already in the destination image set`)
  }
  taken.add(sopInstanceUid)
}
