import type { JsonObject } from './json.ts'
import { operationOf, shapeOf } from './service-model.ts'
import type { ServiceModel } from './service-model.ts'

/** An id of the right form that nothing has. */
export const UNKNOWN_ID = 'a'.repeat(32)

/** Values of all members that an operation requires. */
const REQUIRED_MEMBERS: JsonObject = {
  datastoreId: UNKNOWN_ID,
  imageSetId: UNKNOWN_ID,
  sourceImageSetId: UNKNOWN_ID,
  jobId: UNKNOWN_ID,
  imageFrameInformation: { imageFrameId: UNKNOWN_ID },
  latestVersionId: '1',
  updateImageSetMetadataUpdates: { revertToVersionId: '1' },
  copyImageSetInformation: { sourceImageSet: { latestVersionId: '1' } },
  resourceArn: `arn:aws:medical-imaging:us-east-1:123456789012:datastore/${UNKNOWN_ID}`,
  tags: { a: 'b' },
  tagKeys: ['a'],
  clientToken: 'conformance',
  dataAccessRoleArn: 'arn:aws:iam::123456789012:role/importer',
  inputS3Uri: 's3://studies/none/',
  outputS3Uri: 's3://studies/output/',
}

/** The least input that has the form of an operation's, of a resource that does not exist. */
export function leastInput(model: ServiceModel, operation: string): JsonObject {
  const shapeName = operationOf(model, operation).input?.shape
  const { required = [] } = shapeName === undefined ? {} : shapeOf(model, shapeName)
  return Object.fromEntries(
    required.map((name) => {
      if (!(name in REQUIRED_MEMBERS)) throw new TypeError(`Expected a value for member ${name} of ${operation}`)
      return [name, REQUIRED_MEMBERS[name]]
    }),
  )
}

/** Input with one malformed member. */
export function malformedInput(model: ServiceModel, operation: string): JsonObject {
  const input = leastInput(model, operation)
  if ('datastoreId' in input) return { ...input, datastoreId: 'A'.repeat(32) }
  if ('resourceArn' in input) return { ...input, resourceArn: 'arn:aws:medical-imaging:nowhere' }
  if ('clientToken' in input) return { ...input, clientToken: 'no spaces in it' }
  return { ...input, maxResults: 51 }
}
