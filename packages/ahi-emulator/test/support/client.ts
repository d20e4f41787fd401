import { parseImageSetMetadata, type ImageSetMetadata, type InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { CreateDatastoreOptions, Emulator, ImportOptions } from '@ahi-dicom/ahi-emulator'

/** An answer of the API. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** Sends a request unchanged, without the checks of an SDK. */
export async function call(
  endpoint: string,
  path: string,
  options: { readonly method?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const { method = 'POST', body } = options
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${endpoint}${path}`, { method, ...(body === undefined ? {} : { body: text }) })
  const json: unknown = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, json: record(json) }
}

/** The endpoint and ids of an image set. */
export interface ImageSetPlace {
  readonly endpoint: string
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Returns the metadata document of an image set. */
export async function metadataOf(place: ImageSetPlace, version = ''): Promise<ImageSetMetadata> {
  const query = version === '' ? '' : `?version=${version}`
  const response = await fetch(`${imageSetUrl(place)}/getImageSetMetadata${query}`, { method: 'POST' })
  if (!response.ok) throw new Error(await response.text())
  return parseImageSetMetadata(new Uint8Array(await response.arrayBuffer()))
}

/** Returns a stored frame. */
export async function frameOf(place: ImageSetPlace, imageFrameId: string): Promise<Uint8Array> {
  const body = JSON.stringify({ imageFrameId })
  const response = await fetch(`${imageSetUrl(place)}/getImageFrame`, { method: 'POST', body })
  if (!response.ok) throw new Error(await response.text())
  return new Uint8Array(await response.arrayBuffer())
}

/** Returns the instances of a document, in its order. */
export function instancesOf({ Study }: ImageSetMetadata): InstanceMetadata[] {
  return Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances))
}

/** Imports files of one image set into a new data store. Returns the image set. */
export async function importAlone(
  emulator: Emulator,
  files: readonly Uint8Array[] | string,
  options: CreateDatastoreOptions & Pick<ImportOptions, 'documentForm'> = {},
): Promise<ImageSetPlace> {
  const { datastoreId } = await emulator.createDatastore(options)
  const { imageSets, rejected } = await emulator.importDicom(files, { ...options, datastoreId })
  const [imageSet] = imageSets
  if (imageSet === undefined) throw new Error(`nothing was imported: ${JSON.stringify(rejected)}`)
  return { endpoint: emulator.endpoint, datastoreId, imageSetId: imageSet.imageSetId }
}

/** Returns the DICOMweb path of the first instance of an image set, relative to its data store. */
export async function instancePathOf(place: ImageSetPlace): Promise<string> {
  const { Study } = await metadataOf(place)
  const { StudyInstanceUID } = Study.DICOM
  const [series] = Object.keys(Study.Series)
  const [instance] = Object.keys(Study.Series[series ?? '']?.Instances ?? {})
  if (typeof StudyInstanceUID !== 'string') throw new TypeError('the document names no study')
  return `studies/${StudyInstanceUID}/series/${series}/instances/${instance}`
}

function imageSetUrl({ endpoint, datastoreId, imageSetId }: ImageSetPlace): string {
  return `${endpoint}/datastore/${datastoreId}/imageSet/${imageSetId}`
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('the answer is not a JSON object')
  return Object.fromEntries(Object.entries(value))
}
