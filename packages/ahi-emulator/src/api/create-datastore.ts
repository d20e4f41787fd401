import { createInputCheck } from '../operation/input-check.ts'
import { readJsonBody, type JsonObject } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { losslessStorageFormats, type NewDatastore } from '../store/datastores.ts'
import type { Tags } from '../store/tags.ts'
import { datastoreArn } from './representations.ts'
import { readTags } from './tag-input.ts'

const nameConstraint = { shortest: 1, longest: 256, pattern: '[A-Za-z0-9._/#-]+' }
export const clientTokenConstraint = { shortest: 1, longest: 64, pattern: '[A-Za-z0-9._-]+' }
const kmsKeyArnConstraint = {
  shortest: 1,
  longest: 512,
  pattern:
    'arn:aws[a-zA-Z-]{0,16}:kms:[a-z]{2}(-[a-z]{1,16}){1,3}-\\d{1}:\\d{12}:((key/[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12})|(alias/[a-zA-Z0-9:/_-]{1,256}))',
}
const lambdaArnConstraint = {
  longest: 512,
  pattern:
    'arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
}

/** Most data stores of an account (developer guide, "Endpoints and quotas"). */
const mostDatastores = 10

/**
 * Creates a data store that is active at once. A request with the same client token, such as a retry, gets the same
 * data store.
 */
export const createDatastore: Operation = {
  name: 'CreateDatastore',
  method: 'POST',
  path: '/datastore',
  run({ body }, context) {
    const { datastores, tags } = context.store
    const { request, tags: requestTags } = readRequest(readJsonBody(body))
    const earlier = datastores.ofClientToken(request.clientToken)
    if (earlier !== undefined) {
      if (isSame(earlier, request)) return created(earlier.id)
      throw new ServiceError('ConflictException', 'The client token was used for another data store')
    }
    if (datastores.count() >= mostDatastores) {
      throw new ServiceError(
        'ServiceQuotaExceededException',
        `The account has reached the limit of ${mostDatastores} data stores`,
      )
    }
    const { id } = datastores.create({ ...request, now: context.now() })
    tags.add(datastoreArn(id, context), requestTags)
    return created(id)
  },
}

function created(datastoreId: string): { readonly json: unknown } {
  return { json: { datastoreId, datastoreStatus: 'CREATING' } }
}

type DatastoreRequest = Omit<NewDatastore, 'now'> & { readonly clientToken: string }

function readRequest(body: JsonObject): { readonly request: DatastoreRequest; readonly tags: Tags } {
  const check = createInputCheck()
  const request = {
    name: check.optionalText(body['datastoreName'], 'datastoreName', nameConstraint),
    clientToken: check.text(body['clientToken'], 'clientToken', clientTokenConstraint),
    kmsKeyArn: check.optionalText(body['kmsKeyArn'], 'kmsKeyArn', kmsKeyArnConstraint),
    lambdaAuthorizerArn: check.optionalText(body['lambdaAuthorizerArn'], 'lambdaAuthorizerArn', lambdaArnConstraint),
    losslessStorageFormat:
      check.oneOf(body['losslessStorageFormat'] ?? 'HTJ2K', 'losslessStorageFormat', losslessStorageFormats) ?? 'HTJ2K',
  }
  const tags = readTags(body['tags'] ?? {}, check)
  check.finish()
  return { request, tags }
}

function isSame(a: Omit<NewDatastore, 'now'>, b: Omit<NewDatastore, 'now'>): boolean {
  return (
    (b.name === undefined || a.name === b.name) &&
    a.losslessStorageFormat === b.losslessStorageFormat &&
    a.kmsKeyArn === b.kmsKeyArn &&
    a.lambdaAuthorizerArn === b.lambdaAuthorizerArn
  )
}
