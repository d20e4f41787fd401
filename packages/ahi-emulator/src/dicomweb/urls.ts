import type { InstanceUids } from '../dicom/instance-uids.ts'
import type { OperationRequest } from '../operation/operation.ts'

type PlaceUids = Omit<InstanceUids, 'sopClassUid'>

/**
 * Returns the URL of a data store, at the address that the client used. If the Host header has no port, as with
 * Python's dicomweb-client, the server's port is used.
 */
export function datastoreUrl({ headers, port }: OperationRequest, datastoreId: string): string {
  const { host = 'localhost' } = headers
  const hasPort = /:\d+$/.test(host) || port === undefined || port === 80
  return `http://${host}${hasPort ? '' : `:${port}`}/datastore/${datastoreId}`
}

/** Returns the URL of a series. `baseUrl` is the URL of its data store. */
export function seriesUrl(baseUrl: string, uids: Omit<PlaceUids, 'sopInstanceUid'>): string {
  return `${baseUrl}/studies/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}`
}

/** Returns the URL of an instance. `baseUrl` is the URL of its data store. */
export function instanceUrl(baseUrl: string, uids: PlaceUids): string {
  return `${seriesUrl(baseUrl, uids)}/instances/${uids.sopInstanceUid}`
}
