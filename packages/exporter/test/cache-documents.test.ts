import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { cacheDocuments, createExporter, type DocumentStore } from '@ahi-dicom/exporter'
import { documentFolder } from '@ahi-dicom/exporter-fs'
import { expect, onTestFinished, test } from 'vitest'
import { clientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { recordingDestination } from './doubles/recording-destination.ts'

const connection = { region: 'us-east-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } }
const imageSetId = 'a'.repeat(32)
const version = { datastoreId, imageSetId, versionId: '1' }

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'documents-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** Returns an empty document store in memory. */
function memoryStore(): DocumentStore & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>()
  return {
    entries,
    read: async (key) => entries.get(JSON.stringify(key)),
    write: async (key, bytes) => void entries.set(JSON.stringify(key), bytes),
  }
}

function oneImageSet(): ReturnType<typeof clientDouble> {
  return clientDouble([makeImageSet({ imageSetId, instances: { '1.1': {} } })])
}

test('an export after a plan requests no document', async () => {
  await using emulator = await startEmulator()
  await emulator.importDicom([...generateStudy({ ctSlices: 2, ultrasoundFrames: 2 })].map(({ data }) => data))
  await using own = createAhiClient({ ...connection, endpoint: emulator.endpoint })
  const directory = await makeFolder()
  const client = cacheDocuments(own, documentFolder({ directory }))
  await using exporter = createExporter({ client, lanes: 1 })
  const job = { datastoreId: emulator.datastoreId, selectors: 'all' } as const
  const plan = await exporter.plan({ ...job, keepsDocuments: true })
  const read = emulator.counters().requests['GetImageSetMetadata']?.['200']
  expect(read).toBe(plan.imageSets.selected)
  expect(await readdir(directory)).toHaveLength(plan.imageSets.selected)

  emulator.resetCounters()
  const destination = recordingDestination()
  const summary = await exporter.exportTo({ ...job, destination })
  expect(summary.outcome).toBe('complete')
  const { requests } = emulator.counters()
  expect(requests['GetImageSetMetadata']).toBeUndefined()
  expect(plan.requests).toEqual(
    Object.fromEntries(Object.entries(requests).map(([operation, statuses]) => [operation, statuses['200']])),
  )

  await using uncached = createExporter({ client: own, lanes: 1 })
  const other = recordingDestination()
  await uncached.exportTo({ ...job, destination: other })
  expect(destination.files).toEqual(other.files)
})

test('a damaged entry is fetched again and replaced', async () => {
  const client = oneImageSet()
  const directory = await makeFolder()
  const cached = cacheDocuments(client, documentFolder({ directory }))
  const document = await cached.getImageSetMetadata(version)
  const [name = ''] = await readdir(directory)
  const bytes = await readFile(join(directory, name))
  await writeFile(join(directory, name), bytes.subarray(0, bytes.length - 5))
  expect(await cached.getImageSetMetadata(version)).toEqual(document)
  expect(await cached.getImageSetMetadata(version)).toEqual(document)
  expect(client.requests.metadata).toEqual([imageSetId, imageSetId])
})

test.each([
  ['not a document', 'something else'],
  [
    'the document of another image set',
    JSON.stringify(makeImageSet({ imageSetId: 'b'.repeat(32), instances: {} }).metadata),
  ],
])('%s is fetched again', async (_title, text) => {
  const client = oneImageSet()
  const store = memoryStore()
  store.entries.set(JSON.stringify(version), Buffer.from(text))
  const { ImageSetID } = await cacheDocuments(client, store).getImageSetMetadata(version)
  expect({ ImageSetID, requests: client.requests.metadata }).toEqual({ ImageSetID: imageSetId, requests: [imageSetId] })
})

test('keeps each version separately, and keeps nothing without a version', async () => {
  const client = oneImageSet()
  const store = memoryStore()
  const cached = cacheDocuments(client, store)
  await cached.getImageSetMetadata(version)
  await cached.getImageSetMetadata({ ...version, versionId: '2' })
  await cached.getImageSetMetadata({ datastoreId, imageSetId })
  await cached.getImageSetMetadata({ datastoreId, imageSetId })
  expect(client.requests.metadata).toHaveLength(4)
  expect(store.entries.size).toBe(2)
})

test('reports a failing store, and still returns the document', async () => {
  const client = oneImageSet()
  const failures: unknown[] = []
  const store = {
    read: async () => Promise.reject(new Error('cannot read')),
    write: async () => Promise.reject(new Error('cannot write')),
  }
  const cached = cacheDocuments(client, store, { onFailure: (error) => void failures.push(error) })
  expect((await cached.getImageSetMetadata(version)).ImageSetID).toBe(imageSetId)
  expect(failures).toMatchObject([{ message: 'cannot read' }, { message: 'cannot write' }])
})

test('all other methods are those of the client', async () => {
  const client = oneImageSet()
  const cached = cacheDocuments(client, memoryStore())
  expect(cached.shareAccess).toBeUndefined()
  expect((await cached.getImageSet({ datastoreId, imageSetId })).versionId).toBe('1')
})
