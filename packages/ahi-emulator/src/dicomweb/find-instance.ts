import type { ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { losslessTransferSyntax } from '@ahi-dicom/dicomizer'
import { existingDatastore, latestDocument } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { losslessStorageFormats, type Datastore } from '../store/datastores.ts'
import type { InstancePath, SeriesPath } from './instance-path.ts'

/** Transfer syntaxes that imports transcode frames to. */
const losslessSyntaxes: ReadonlySet<string> = new Set(losslessStorageFormats.map(losslessTransferSyntax))

/** The latest version of an image set that contains a series. */
interface FoundSeries extends SeriesPath {
  readonly datastore: Datastore
  readonly metadata: ImageSetMetadata
}

/** An instance in the latest version of its image set. */
export interface FoundInstance extends FoundSeries, InstancePath {
  readonly instance: InstanceMetadata
}

/**
 * Returns an instance from the latest version of its image set.
 * @throws {ServiceError} ResourceNotFoundException if it does not exist
 */
export async function findInstance(path: InstancePath, context: OperationContext): Promise<FoundInstance> {
  const { sopInstanceUid, seriesInstanceUid, imageSetId } = path
  for await (const found of imageSetsOfSeries(path, context)) {
    const instance = found.metadata.Study.Series[seriesInstanceUid]?.Instances[sopInstanceUid]
    if (instance !== undefined) {
      touch(found, context)
      return { ...found, sopInstanceUid, instance }
    }
  }
  throw notFound(`Instance ${sopInstanceUid}`, imageSetId)
}

/**
 * Yields the instances of a series in the order of their UIDs. Holds one image set in memory at a time.
 * @throws {ServiceError} ResourceNotFoundException if the series has no instances
 */
export async function* findInstances(path: SeriesPath, context: OperationContext): AsyncGenerator<FoundInstance> {
  const { seriesInstanceUid, imageSetId } = path
  let isFound = false
  for await (const found of imageSetsOfSeries(path, context)) {
    const instances = found.metadata.Study.Series[seriesInstanceUid]?.Instances ?? {}
    touch(found, context)
    for (const [sopInstanceUid, instance] of Object.entries(instances)) {
      isFound = true
      yield { ...found, sopInstanceUid, instance }
    }
  }
  if (!isFound) throw notFound(`Series ${seriesInstanceUid}`, imageSetId)
}

/** Records an access. DICOMweb retrieval is an access, a search is not (developer guide, "Cost optimization"). */
function touch({ metadata }: FoundSeries, { store, now }: OperationContext): void {
  store.accessTimes.touch(metadata.ImageSetID, now())
}

/** Returns the transfer syntax of an instance's stored frames, or `undefined` if it has no frames. */
export function storedTransferSyntax({
  datastore,
  instance,
}: Pick<FoundInstance, 'datastore' | 'instance'>): string | undefined {
  if (instance.ImageFrames.length === 0) return undefined
  return instance.StoredTransferSyntaxUID ?? losslessTransferSyntax(datastore.losslessStorageFormat)
}

/** Returns true if the frames are stored as they were imported, so that no import has decoded them. */
export function hasFramesAsImported(found: Pick<FoundInstance, 'datastore' | 'instance'>): boolean {
  const stored = storedTransferSyntax(found)
  return stored !== undefined && !losslessSyntaxes.has(stored)
}

async function* imageSetsOfSeries(path: SeriesPath, context: OperationContext): AsyncGenerator<FoundSeries> {
  const { datastoreId, studyInstanceUid, seriesInstanceUid, imageSetId } = path
  const datastore = existingDatastore(datastoreId, context)
  const imageSets = context.store.imageSets
    .ofSeries(datastoreId, seriesInstanceUid)
    .filter((imageSet) => imageSet.studyInstanceUid === studyInstanceUid)
    .filter(({ id, isPrimary }) => (imageSetId === undefined ? isPrimary : id === imageSetId))
  for (const imageSet of imageSets) {
    yield { ...path, datastore, metadata: await latestDocument(imageSet, context) }
  }
}

function notFound(what: string, imageSetId: string | undefined): ServiceError {
  const where = imageSetId === undefined ? 'any primary image set' : `image set ${imageSetId}`
  return new ServiceError('ResourceNotFoundException', `${what} does not exist in ${where}`)
}
