import type { InstanceUids } from '../dicom/instance-uids.ts'
import type { OperationRequest } from '../operation/operation.ts'

type PlaceUids = Omit<InstanceUids, 'sopClassUid'>

/**
 * Returns the URL of a data store, where the client reached it. If the Host header has no port, as of Python's
 * dicomweb-client, it is that of the server.
 */
export function datastoreUrl({ headers, port }: OperationRequest, datastoreId: string): string {
  const { host = 'localhost' } = headers
  const hasPort = /:\d+$/.test(host) || port === undefined || port === 80
  return `http://${host}${hasPort ? '' : `:${port}`}/datastore/${datastoreId}`
}

/** Returns the URL of a series; `baseUrl` is that of its data store. */
export function seriesUrl(baseUrl: string, uids: Omit<PlaceUids, 'sopInstanceUid'>): string {
  return `${baseUrl}/studies/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}`
}

/** Returns the URL of an instance; `baseUrl` is that of its data store. */
export function instanceUrl(baseUrl: string, uids: PlaceUids): string {
  return `${seriesUrl(baseUrl, uids)}/instances/${uids.sopInstanceUid}`
}
