import type { ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { existingDatastore, existingVersion } from '../operations/existing-resources.ts'
import type { OperationContext } from '../server/operation.ts'
import { ServiceError } from '../server/service-error.ts'
import type { Datastore } from '../store/datastores.ts'

/** What the path and the query of a request name. */
export interface InstancePath {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Without it, primary image sets alone are looked at. */
  readonly imageSetId: string | undefined
}

/** An instance in the latest version of its image set. */
export interface FoundInstance extends InstancePath {
  readonly datastore: Datastore
  readonly metadata: ImageSetMetadata
  readonly instance: InstanceMetadata
}

/**
 * Finds an instance.
 * @throws {ServiceError} ResourceNotFoundException
 */
export async function findInstance(path: InstancePath, context: OperationContext): Promise<FoundInstance> {
  const { datastoreId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, imageSetId } = path
  const datastore = existingDatastore(datastoreId, context)
  const imageSets = context.store.imageSets
    .ofSeries(datastoreId, seriesInstanceUid)
    .filter((imageSet) => imageSet.studyInstanceUid === studyInstanceUid)
    .filter(({ id, isPrimary }) => (imageSetId === undefined ? isPrimary : id === imageSetId))
  for (const imageSet of imageSets) {
    const { documentPath } = existingVersion(imageSet, undefined, context)
    const metadata = await context.store.readMetadata(documentPath)
    const instance = metadata.Study.Series[seriesInstanceUid]?.Instances[sopInstanceUid]
    if (instance !== undefined) return { ...path, datastore, metadata, instance }
  }
  const where = imageSetId === undefined ? 'any primary image set' : `image set ${imageSetId}`
  throw new ServiceError('ResourceNotFoundException', `Instance ${sopInstanceUid} does not exist in ${where}`)
}
