import { metadataOf, type ImageSetPlace } from './client.ts'

/** An answer of DICOMweb. */
export interface DicomWebAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** Sends a GET request unchanged. By default, undici sends `Accept: *\/*`. */
export async function get(url: string, accept?: string): Promise<DicomWebAnswer> {
  const response = await fetch(url, { headers: accept === undefined ? {} : { accept } })
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
}

/** Requests data sets in the DICOM JSON Model. */
export async function getJson(url: string): Promise<Record<string, unknown>[]> {
  const { status, headers, body } = await get(url, 'application/dicom+json')
  const contentType = headers.get('content-type')
  if (status !== 200 || contentType !== 'application/dicom+json') {
    throw new Error(`${url} gives ${status} ${contentType}: ${body.toString()}`)
  }
  const json: unknown = JSON.parse(body.toString())
  if (!Array.isArray(json)) throw new TypeError('the answer is not an array')
  return json
}

/** Returns the service error that a request gets. */
export async function errorOf(
  url: string,
  accept?: string,
): Promise<{ readonly status: number; readonly code: string | null; readonly message: string }> {
  const { status, headers, body } = await get(url, accept)
  const { message } = JSON.parse(body.toString())
  return { status, code: headers.get('x-amzn-errortype'), message }
}

/** Returns the UIDs of the first instance of an image set. */
export async function uidsOf(
  place: ImageSetPlace,
): Promise<{ readonly study: string; readonly series: string; readonly instance: string }> {
  const { Study } = await metadataOf(place)
  const [[series, { Instances }] = ['', { Instances: {} }]] = Object.entries(Study.Series)
  const [instance = ''] = Object.keys(Instances)
  const { StudyInstanceUID: study } = Study.DICOM
  if (typeof study !== 'string') throw new TypeError('the document names no study')
  return { study, series, instance }
}

/** Returns the URL of a data store. */
export function datastoreUrl({ endpoint, datastoreId }: Pick<ImageSetPlace, 'endpoint' | 'datastoreId'>): string {
  return `${endpoint}/datastore/${datastoreId}`
}

/** Returns the URL of the first instance of an image set. */
export async function instanceUrl(place: ImageSetPlace): Promise<string> {
  const { study, series, instance } = await uidsOf(place)
  return `${datastoreUrl(place)}/studies/${study}/series/${series}/instances/${instance}`
}
