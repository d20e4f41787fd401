import type { Datastore, DatastoreSummary } from '../model/datastore.ts'
import { damaged, type JsonMembers } from './json-members.ts'

/** Reads an item of ListDatastores. */
export function readDatastoreSummary(summary: JsonMembers): DatastoreSummary {
  return {
    datastoreId: summary.requiredId('datastoreId'),
    datastoreName: summary.text('datastoreName'),
    datastoreStatus: summary.requiredText('datastoreStatus'),
    datastoreArn: summary.text('datastoreArn'),
    createdAt: summary.date('createdAt'),
    updatedAt: summary.date('updatedAt'),
  }
}

/** Reads the answer of GetDatastore. Throws a `ServiceFailure` if it describes another data store. */
export function readDatastore(answer: JsonMembers, datastoreId: string): Datastore {
  const properties = answer.requiredObject('datastoreProperties')
  const summary = readDatastoreSummary(properties)
  if (summary.datastoreId !== datastoreId) throw damaged('it describes another data store')
  return {
    ...summary,
    kmsKeyArn: properties.text('kmsKeyArn'),
    lambdaAuthorizerArn: properties.text('lambdaAuthorizerArn'),
    losslessStorageFormat: properties.text('losslessStorageFormat'),
  }
}
