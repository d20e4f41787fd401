import { acceptCopy } from '../modify/accept-copy.ts'
import { completeLater } from '../modify/complete-modifications.ts'
import type { InstanceSelection } from '../modify/merge-instances.ts'
import { readMetadataTree } from '../modify/metadata-tree.ts'
import { sensitiveValue, createInputCheck, type InputCheck } from '../operation/input-check.ts'
import { isJsonObject, readJsonBody } from '../operation/json-body.ts'
import type { Operation, OperationContext } from '../operation/operation.ts'
import { validationError } from '../operation/service-error.ts'
import type { VersionProperties } from '../store/version-table.ts'
import { datastoreArn, epochSeconds } from './representations.ts'

/** Most characters of CopiableAttributes (API model). */
const longestCopiable = 260_000

export const copyImageSet: Operation = {
  name: 'CopyImageSet',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{sourceImageSetId}/copyImageSet',
  async run({ parameters, query, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const sourceImageSetId = check.id(parameters['sourceImageSetId'], 'sourceImageSetId')
    const isForced = check.flag(query, 'force')
    const isPromotion = check.flag(query, 'promoteToPrimary')
    const { sourceImageSet, destinationImageSet } = readJsonBody(body)
    const source = readSource(sourceImageSet, check)
    const destination = readDestination(destinationImageSet, check)
    check.finish()
    if (destination !== undefined) checkDestination(destination, { sourceImageSetId, isPromotion })
    const { latestVersion, copiable } = source
    const selection = copiable === undefined ? undefined : readSelection(copiable)
    const request = { datastoreId, sourceImageSetId, latestVersion, destination, selection, isForced, isPromotion }
    const accepted = await context.store.turns.run(() => acceptCopy(request, context))
    completeLater(context)
    return {
      json: {
        datastoreId,
        sourceImageSetProperties: describe(datastoreId, accepted.source, context),
        destinationImageSetProperties: describe(datastoreId, accepted.destination, context),
      },
    }
  },
}

function readSource(value: unknown, check: InputCheck): { latestVersion: number; copiable: string | undefined } {
  const name = 'copyImageSetInformation.sourceImageSet'
  if (!isJsonObject(value)) {
    check.fail(value, name, 'Member must not be null')
    return { latestVersion: 0, copiable: undefined }
  }
  const latestVersion = check.requiredVersion(value['latestVersionId'], `${name}.latestVersionId`)
  const copies = value['DICOMCopies']
  if (copies === undefined || copies === null) return { latestVersion, copiable: undefined }
  const { copiableAttributes } = isJsonObject(copies) ? copies : {}
  const path = `${name}.DICOMCopies.copiableAttributes`
  if (typeof copiableAttributes !== 'string') check.fail(null, path, 'Member must not be null')
  const copiable = typeof copiableAttributes === 'string' ? copiableAttributes : ''
  if (copiable.length > longestCopiable) {
    check.fail(sensitiveValue, path, `Member must have length less than or equal to ${longestCopiable}`)
  }
  return { latestVersion, copiable }
}

function readDestination(
  value: unknown,
  check: InputCheck,
): { readonly imageSetId: string; readonly latestVersion: number } | undefined {
  if (value === undefined || value === null) return undefined
  const name = 'copyImageSetInformation.destinationImageSet'
  const { imageSetId, latestVersionId } = isJsonObject(value) ? value : {}
  return {
    imageSetId: check.id(typeof imageSetId === 'string' ? imageSetId : undefined, `${name}.imageSetId`),
    latestVersion: check.requiredVersion(latestVersionId, `${name}.latestVersionId`),
  }
}

function checkDestination(
  { imageSetId }: { readonly imageSetId: string },
  { sourceImageSetId, isPromotion }: { readonly sourceImageSetId: string; readonly isPromotion: boolean },
): void {
  if (imageSetId === sourceImageSetId) throw validationError('An image set cannot be copied into itself')
  if (isPromotion)
    throw validationError('promoteToPrimary creates a new image set and cannot be combined with destinationImageSet')
}

/** Reads the instances to copy from `{ Study: { Series: { uid: { Instances: { uid: {} } } } } }`. */
function readSelection(copiable: string): InstanceSelection {
  const { attributes, vrs, wholeInstances, wholeSeries } = readMetadataTree(copiable, 'copiableAttributes')
  if (attributes.length + vrs.length > 0 || wholeSeries.length > 0) {
    throw validationError('copiableAttributes can only name instances, each as an empty object')
  }
  if (wholeInstances.length === 0) throw validationError('copiableAttributes names no instances')
  const selection: Record<string, string[]> = {}
  for (const { seriesInstanceUid, sopInstanceUid } of wholeInstances) {
    ;(selection[seriesInstanceUid] ??= []).push(sopInstanceUid)
  }
  return selection
}

function describe(datastoreId: string, version: VersionProperties, context: OperationContext): Record<string, unknown> {
  const { imageSetId, state, workflowStatus, createdAt, updatedAt } = version
  return {
    imageSetId,
    latestVersionId: String(version.version),
    imageSetState: state,
    imageSetWorkflowStatus: workflowStatus,
    createdAt: epochSeconds(createdAt),
    updatedAt: epochSeconds(updatedAt),
    imageSetArn: `${datastoreArn(datastoreId, context)}/imageset/${imageSetId}`,
  }
}
