import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { ServerProcess } from './fork-server.ts'
import { printFigures } from './print-figures.ts'

const connectionCount = 64

/** Measures how fast the frames of the first image set are served to another process. */
export async function benchServing(server: ServerProcess, seconds: number): Promise<void> {
  const { endpoint, datastoreId } = server
  const found = await post(`${endpoint}/datastore/${datastoreId}/searchImageSets?maxResults=1`)
  const { imageSetsMetadataSummaries } = JSON.parse(await found.text())
  const imageSetUrl = `${endpoint}/datastore/${datastoreId}/imageSet/${imageSetsMetadataSummaries[0].imageSetId}`
  const frameIds = await listFrames(`${imageSetUrl}/getImageSetMetadata`)
  const loader = fileURLToPath(new URL('load-frames.ts', import.meta.url))
  const before = await server.usage()
  const args = [loader, `${imageSetUrl}/getImageFrame`, String(seconds), String(connectionCount), ...frameIds]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { frames, bytes, failures } = JSON.parse(stdout)
  const { cpuSeconds, peakMegabytes } = await server.usage()
  printFigures(`frames to ${connectionCount} connections`, {
    'frames/s': frames / seconds,
    'KB/frame': bytes / frames / 1000,
    'frames/s of one core': frames / (cpuSeconds - before.cpuSeconds),
    'peak MB': peakMegabytes,
    failures,
  })
}

async function listFrames(url: string): Promise<string[]> {
  const response = await post(url)
  const { Study } = parseImageSetMetadata(new Uint8Array(await response.arrayBuffer()))
  return Object.values(Study.Series).flatMap(({ Instances }) =>
    Object.values(Instances).flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID)),
  )
}

async function post(url: string): Promise<Response> {
  const response = await fetch(url, { method: 'POST' })
  if (!response.ok) throw new Error(`Cannot read ${url}: ${response.status}`)
  return response
}
