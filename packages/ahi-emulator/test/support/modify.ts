import type { Emulator } from '@ahi-dicom/ahi-emulator'
import { expect, vi } from 'vitest'
import { call, type Answer, type ImageSetPlace } from './client.ts'
import { secondaryCapture } from './secondary-capture.ts'

/** Parameters of UpdateImageSetMetadata besides its updates. */
export interface UpdateQuery {
  readonly latestVersion?: string | number
  readonly force?: boolean
  readonly includeStudyImageSets?: boolean
}

/** The partial documents of an update, or the version to revert to. */
export interface Updates {
  readonly removable?: unknown
  readonly updatable?: unknown
  readonly revertTo?: string
}

/** Sends UpdateImageSetMetadata unchanged. */
export function update(place: ImageSetPlace, updates: Updates, query: UpdateQuery = {}): Promise<Answer> {
  const { removable, updatable, revertTo } = updates
  const search = new URLSearchParams(
    Object.entries({ latestVersion: 1, ...query }).map(([key, value]): [string, string] => [key, String(value)]),
  )
  const blobs = { removableAttributes: base64(removable), updatableAttributes: base64(updatable) }
  const body = revertTo === undefined ? { DICOMUpdates: blobs } : { revertToVersionId: revertTo }
  return post(place, `updateImageSetMetadata?${search.toString()}`, body)
}

/** Sends CopyImageSet unchanged. */
export function copy(
  place: ImageSetPlace,
  options: {
    readonly latestVersion?: string
    readonly destination?: { readonly imageSetId: string; readonly latestVersionId: string }
    readonly copiable?: unknown
    readonly query?: string
  } = {},
): Promise<Answer> {
  const { latestVersion: latestVersionId = '1', destination: destinationImageSet, copiable, query = '' } = options
  const copiableAttributes = typeof copiable === 'string' ? copiable : JSON.stringify(copiable)
  const DICOMCopies = copiable === undefined ? undefined : { copiableAttributes }
  return post(place, `copyImageSet${query}`, { sourceImageSet: { latestVersionId, DICOMCopies }, destinationImageSet })
}

/** Sends DeleteImageSet. */
export function remove(place: ImageSetPlace): Promise<Answer> {
  return post(place, 'deleteImageSet')
}

/** Returns the answer of GetImageSet. */
export async function propertiesOf(place: ImageSetPlace, version?: string): Promise<Record<string, unknown>> {
  const query = version === undefined ? '' : `?version=${version}`
  const { status, json } = await post(place, `getImageSet${query}`)
  expect({ status, ...json }).toMatchObject({ status: 200 })
  return json
}

/** Returns the answer of GetImageSet after pending modifications are applied. */
export async function settled(place: ImageSetPlace): Promise<Record<string, unknown>> {
  return vi.waitFor(async () => {
    const properties = await propertiesOf(place)
    expect(properties['imageSetState']).not.toBe('LOCKED')
    return properties
  }, 20_000)
}

/** Returns the destination image set of a copy. */
export function destinationOf(place: ImageSetPlace, { status, json }: Answer): ImageSetPlace {
  expect({ status, ...json }).toMatchObject({ status: 200 })
  const { imageSetId } = Object(json['destinationImageSetProperties'])
  return { ...place, imageSetId: String(imageSetId) }
}

/** Returns the sorted ids of all image sets that a search without filters finds. */
export async function foundIn({ endpoint, datastoreId }: ImageSetPlace): Promise<string[]> {
  const { json } = await call(endpoint, `/datastore/${datastoreId}/searchImageSets`, { body: {} })
  const summaries = json['imageSetsMetadataSummaries']
  if (!Array.isArray(summaries)) throw new TypeError('the search returned no list')
  return summaries.map((summary) => String(summary.imageSetId)).sort()
}

/** Delays accepted modifications. They wait behind an import that runs until it is released. */
export async function holdWrites(emulator: Emulator): Promise<{ release(): Promise<void> }> {
  const { datastoreId } = await emulator.createDatastore()
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  async function* files(): AsyncGenerator<Uint8Array> {
    await ended
    yield secondaryCapture()
  }
  const importing = emulator.importDicom(files(), { datastoreId })
  return {
    async release() {
      end()
      await importing
    },
  }
}

/** Sends a request about an image set. */
export function post(place: ImageSetPlace, operation: string, body?: unknown): Promise<Answer> {
  const path = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/${operation}`
  return call(place.endpoint, path, { body })
}

function base64(tree: unknown): string | undefined {
  if (tree === undefined) return undefined
  return Buffer.from(typeof tree === 'string' ? tree : JSON.stringify(tree)).toString('base64')
}
