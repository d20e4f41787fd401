import { existingImageSet, existingDatastore } from '../operation/existing-resources.ts'
import type { InputCheck } from '../operation/input-check.ts'
import { isJsonObject } from '../operation/json-body.ts'
import type { OperationContext } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import type { Tags } from '../store/tags.ts'

/** Most tags of a resource. */
export const mostTags = 200

const keyConstraint = { shortest: 1, longest: 128, pattern: '(?!aws:)[a-zA-Z+-=._:/]+' }
const valueConstraint = { longest: 256 }
const arnPattern =
  'arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:medical-imaging:[a-z0-9-]+:[0-9]{12}:datastore/[0-9a-z]{32}(/imageset/[0-9a-z]{32})?'

/** Reads a map of tags. Adds failed constraints to `check`. */
export function readTags(value: unknown, check: InputCheck): Tags {
  if (!isJsonObject(value)) {
    check.fail(value, 'tags', 'Member must be a map')
    return {}
  }
  const entries = Object.entries(value)
  if (entries.length > mostTags)
    check.fail(undefined, 'tags', `Member must have length less than or equal to ${mostTags}`)
  return Object.fromEntries(
    entries.map(([key, text]) => [readTagKey(key, check), check.text(text, `tags.${key}.member`, valueConstraint)]),
  )
}

/** Reads the key of a tag. Adds failed constraints to `check`. */
export function readTagKey(key: string, check: InputCheck): string {
  return check.text(key, 'tagKey', keyConstraint)
}

/** Reads the ARN in a path. Adds failed constraints to `check`. */
export function readResourceArn(arn: string | undefined, check: InputCheck): string {
  return check.text(arn, 'resourceArn', { longest: 1011, pattern: arnPattern })
}

/**
 * Checks that the data store or image set of an ARN exists in this emulator.
 * @throws {ServiceError} ResourceNotFoundException if it does not
 */
export function requireResource(resourceArn: string, context: OperationContext): void {
  const [, , , region, accountId, resource = ''] = resourceArn.split(':')
  if (region !== context.region || accountId !== context.accountId) {
    throw new ServiceError('ResourceNotFoundException', `Resource ${resourceArn} does not exist`)
  }
  const [, datastoreId = '', , imageSetId] = resource.split('/')
  if (imageSetId === undefined) existingDatastore(datastoreId, context)
  else existingImageSet({ datastoreId, imageSetId }, context)
}
