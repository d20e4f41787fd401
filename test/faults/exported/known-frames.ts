import { gunzipSync } from 'node:zlib'
import { imageSetInstances, parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { ServerProcess } from '../server/server-process.ts'

/** Returns the SOP Instance UID of every frame of a server's image sets, by the id of the frame. */
export async function knownFrames(server: ServerProcess): Promise<ReadonlyMap<string, string>> {
  const instanceOfFrame = new Map<string, string>()
  for (const imageSetId of await imageSetIds(server)) {
    const answer = await post(server, `imageSet/${imageSetId}/getImageSetMetadata`)
    const body = new Uint8Array(await answer.arrayBuffer())
    const metadata = parseImageSetMetadata(body[0] === 0x1f ? gunzipSync(body) : body)
    for (const { sopInstanceUid, instance } of imageSetInstances(metadata))
      for (const { ID } of instance.ImageFrames) instanceOfFrame.set(ID, sopInstanceUid)
  }
  return instanceOfFrame
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

async function post({ endpoint, datastoreId }: ServerProcess, path: string): Promise<Response> {
  return await fetch(`${endpoint}/datastore/${datastoreId}/${path}`, { method: 'POST', body: '{}' })
}
