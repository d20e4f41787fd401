import { gunzipSync } from 'node:zlib'
import { imageSetInstances, parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { ServerProcess } from '../server/server-process.ts'

/** Returns the SOP Instance UID of every frame of a server's image sets, by the id of the frame. */
export async function knownFrames(server: ServerProcess): Promise<ReadonlyMap<string, string>> {
  const instanceOfFrame = new Map<string, string>()
  for await (const { imageFrameId, sopInstanceUid } of listFrames(server))
    instanceOfFrame.set(imageFrameId, sopInstanceUid)
  return instanceOfFrame
}

/** A frame as the service stores it. */
export interface StoredFrame {
  readonly sopInstanceUid: string
  readonly bytes: Uint8Array
}

/** Fetches the first frames of a server, at most `count`. */
export async function fetchFrames(server: ServerProcess, count: number): Promise<StoredFrame[]> {
  const fetched: StoredFrame[] = []
  for await (const { imageSetId, imageFrameId, sopInstanceUid } of listFrames(server)) {
    if (fetched.length === count) break
    const answer = await post(server, `imageSet/${imageSetId}/getImageFrame`, { imageFrameId })
    fetched.push({ sopInstanceUid, bytes: new Uint8Array(await answer.arrayBuffer()) })
  }
  return fetched
}

interface ListedFrame {
  readonly imageSetId: string
  readonly imageFrameId: string
  readonly sopInstanceUid: string
}

async function* listFrames(server: ServerProcess): AsyncGenerator<ListedFrame> {
  for (const imageSetId of await imageSetIds(server)) {
    const answer = await post(server, `imageSet/${imageSetId}/getImageSetMetadata`)
    const body = new Uint8Array(await answer.arrayBuffer())
    const metadata = parseImageSetMetadata(body[0] === 0x1f ? gunzipSync(body) : body)
    for (const { sopInstanceUid, instance } of imageSetInstances(metadata))
      for (const { ID: imageFrameId } of instance.ImageFrames) yield { imageSetId, imageFrameId, sopInstanceUid }
  }
}

async function imageSetIds(server: ServerProcess): Promise<string[]> {
  const ids: string[] = []
  let query = ''
  do {
    const answer = await post(server, `searchImageSets?maxResults=50${query}`)
    const page = JSON.parse(await answer.text())
    for (const { imageSetId } of page.imageSetsMetadataSummaries) ids.push(String(imageSetId))
    query = page.nextToken === undefined ? '' : `&nextToken=${encodeURIComponent(String(page.nextToken))}`
  } while (query !== '')
  return ids
}

async function post({ endpoint, datastoreId }: ServerProcess, path: string, body: unknown = {}): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(body) }
  return await fetch(`${endpoint}/datastore/${datastoreId}/${path}`, init)
}
