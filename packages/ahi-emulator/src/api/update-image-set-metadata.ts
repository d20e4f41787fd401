import { acceptUpdate } from '../modify/accept-update.ts'
import { completeLater } from '../modify/complete-modifications.ts'
import { readMetadataTree, type MetadataTree } from '../modify/metadata-tree.ts'
import type { MetadataUpdates } from '../modify/modification.ts'
import { sensitiveValue, createInputCheck, type InputCheck } from '../operation/input-check.ts'
import { isJsonObject, readJsonBody, type JsonObject } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'
import { epochSeconds } from './representations.ts'

/** Most bytes of DICOMAttribute (API model). */
const largestAttributes = 30_000
/** Most bytes of the payload (developer guide, "Endpoints and quotas"). */
const largestPayload = 10 * 1024

export const updateImageSetMetadata: Operation = {
  name: 'UpdateImageSetMetadata',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/updateImageSetMetadata',
  async run({ parameters, query, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const latestVersion = check.requiredVersion(query.get('latestVersion'), 'latestVersionId')
    const isForced = check.flag(query, 'force')
    const includesStudy = check.flag(query, 'includeStudyImageSets')
    const updates = readUpdates(readJsonBody(body), check)
    if (includesStudy && 'revertToVersion' in updates) {
      throw validationError('includeStudyImageSets cannot be combined with revertToVersionId')
    }
    const request = { datastoreId, imageSetId, latestVersion, updates, isForced, includesStudy }
    const version = await context.store.turns.run(async () => acceptUpdate(request, context))
    completeLater(context)
    return {
      json: {
        datastoreId,
        imageSetId,
        latestVersionId: String(version.version),
        imageSetState: version.state,
        imageSetWorkflowStatus: version.workflowStatus,
        createdAt: epochSeconds(version.createdAt),
        updatedAt: epochSeconds(version.updatedAt),
      },
    }
  },
}

/** Reads `updateImageSetMetadataUpdates`, and finishes `check` before it parses the attributes. */
function readUpdates(body: JsonObject, check: InputCheck): MetadataUpdates {
  const { DICOMUpdates: updates, revertToVersionId: revertTo } = body
  const isRevert = revertTo !== undefined && revertTo !== null
  const isUpdate = updates !== undefined && updates !== null
  if (isRevert) {
    const revertToVersion = check.requiredVersion(revertTo, 'updateImageSetMetadataUpdates.revertToVersionId')
    check.finish()
    if (isUpdate) throw validationError('DICOMUpdates and revertToVersionId cannot be combined')
    return { revertToVersion }
  }
  const { removableAttributes, updatableAttributes } = isJsonObject(updates) ? updates : {}
  const removable = readBlob(removableAttributes, 'removableAttributes', check)
  const updatable = readBlob(updatableAttributes, 'updatableAttributes', check)
  check.finish()
  if (removable === undefined && updatable === undefined) {
    throw validationError(
      'Either DICOMUpdates with removableAttributes or updatableAttributes, or revertToVersionId, is required',
    )
  }
  checkPayload((removable?.byteLength ?? 0) + (updatable?.byteLength ?? 0))
  return {
    removable: readTree(removable, 'removableAttributes'),
    updatable: readTree(updatable, 'updatableAttributes'),
  }
}

function readBlob(value: unknown, member: string, check: InputCheck): Buffer | undefined {
  if (value === undefined || value === null) return undefined
  const name = `updateImageSetMetadataUpdates.DICOMUpdates.${member}`
  if (typeof value !== 'string' || !/^[\dA-Za-z+/]*={0,2}$/.test(value)) {
    check.fail(sensitiveValue, name, 'Member must be base64')
    return undefined
  }
  const bytes = Buffer.from(value, 'base64')
  if (bytes.byteLength < 1) check.fail(sensitiveValue, name, 'Member must have length greater than or equal to 1')
  if (bytes.byteLength > largestAttributes) {
    check.fail(sensitiveValue, name, `Member must have length less than or equal to ${largestAttributes}`)
  }
  return bytes
}

function checkPayload(byteLength: number): void {
  if (byteLength <= largestPayload) return
  const message = `The payload has ${byteLength} bytes, but the limit is ${largestPayload}`
  throw new ServiceError('ServiceQuotaExceededException', message)
}

function readTree(bytes: Buffer | undefined, name: string): MetadataTree | undefined {
  return bytes === undefined ? undefined : readMetadataTree(bytes.toString(), name)
}
