import { isDeepStrictEqual } from 'node:util'
import type { ImageSetMetadata, InstanceMetadata, SeriesMetadata } from '@ahi-dicom/ahi-metadata'
import { inUidOrder } from '../document/instance-order.ts'
import { ModificationError } from './modification.ts'

/** SOPInstanceUIDs by SeriesInstanceUID. */
export type InstanceSelection = Readonly<Record<string, readonly string[]>>

/**
 * The instances of a document that a copy takes, with their series; all of them where no selection is made.
 * @throws {ModificationError} where the document lacks one
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

/** How many frames the instances of some series have. */
export function countFrames(series: Readonly<Record<string, SeriesMetadata>>): number {
  return instancesIn(series).reduce((sum, { ImageFrames }) => sum + ImageFrames.length, 0)
}

/** The instances of some series. */
export function instancesIn(series: Readonly<Record<string, SeriesMetadata>>): InstanceMetadata[] {
  return Object.values(series).flatMap(({ Instances }) => Object.values(Instances))
}

/**
 * Adds selected instances of one image set to another one, whose attributes of the Patient, Study and Series level stay.
 * @throws {ModificationError} where an instance is there already, or those attributes differ and it is not forced
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

/** The words about the series are the service's (developer guide, "Listing image set versions"). */
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
    throw new ModificationError(`SOPInstanceUID ${sopInstanceUid} is in the destination image set already`)
  }
  taken.add(sopInstanceUid)
}
