import { knownDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { describeDatastore } from './representations.ts'

export const getDatastore: Operation = {
  name: 'GetDatastore',
  method: 'GET',
  path: '/datastore/{datastoreId}',
  run({ parameters }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    check.finish()
    const datastore = knownDatastore(datastoreId, context)
    const { losslessStorageFormat, kmsKeyArn, lambdaAuthorizerArn } = datastore
    const properties = {
      ...describeDatastore(datastore, context),
      losslessStorageFormat,
      kmsKeyArn,
      lambdaAuthorizerArn,
    }
    return { json: { datastoreProperties: properties } }
  },
}
