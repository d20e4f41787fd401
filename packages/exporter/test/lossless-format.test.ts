import { createExporter, type ExportOptions } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble, type ClientFaults } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)
const unnamed = { storedTransferSyntaxUid: null }
const jpeg2000Lossless = '1.2.840.10008.1.2.4.90'
const htj2kLosslessRpcl = '1.2.840.10008.1.2.4.202'

/**
 * Returns a store. Some of its documents name no stored syntax. Frames are not verified, because the decoder double
 * reads only one form.
 */
function store(faults: ClientFaults): ClientDouble {
  const a = makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.2': unnamed } })
  const b = makeImageSet({ imageSetId: idB, instances: { '2.1': unnamed, '2.2': { ...unnamed, frames: 0 } } })
  return clientDouble([a, b], faults)
}

async function run(client: ClientDouble, options: Partial<ExportOptions> = {}): Promise<RecordingDestination> {
  const destination = recordingDestination()
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const stored = { transferSyntax: 'stored', verifyFrames: false } as const
  await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout, ...stored, ...options })
  return destination
}

function syntaxes({ manifest }: RecordingDestination): Record<string, string | undefined> {
  return Object.fromEntries(manifest.map((entry) => [entry.sopInstanceUid, entry.storedTransferSyntaxUid]))
}

test.each([
  ['JPEG_2000_LOSSLESS', jpeg2000Lossless],
  ['HTJ2K', htj2kLosslessRpcl],
  [undefined, htj2kLosslessRpcl],
])('frames without a named syntax have the format of the data store: %s', async (format, uid) => {
  const client = store({ datastore: async () => format })
  expect(syntaxes(await run(client))).toEqual({ '1.1': htj2kLosslessRpcl, '1.2': uid, '2.1': uid, '2.2': undefined })
  expect(client.requests.datastores).toEqual([datastoreId])
})

test('without permission to ask, the format is HTJ2K', async () => {
  const client = store({ datastore: () => Promise.reject(new AhiErrorDouble('AHI_ACCESS_DENIED')) })
  const destination = await run(client)
  expect(syntaxes(destination)).toMatchObject({ '1.2': htj2kLosslessRpcl, '2.1': htj2kLosslessRpcl })
  expect(destination.errors).toEqual([])
  expect(client.requests.datastores).toEqual([datastoreId])
})

test('a client without getDatastore works', async () => {
  const { getDatastore: _, ...client } = store({})
  expect(syntaxes(await run(client))).toMatchObject({ '1.2': htj2kLosslessRpcl })
})

test('no request is sent if every syntax is named, or if there are no frames', async () => {
  const client = store({})
  await run(client, { selectors: [{ studyInstanceUid: '1.2.3', sopInstanceUid: '1.1' }] })
  await run(client, { selectors: [{ studyInstanceUid: '1.2.3', sopInstanceUid: '2.2' }] })
  expect(client.requests.datastores).toEqual([])
})

test('an abort during the request ends the job', async () => {
  const abort = new AbortController()
  const client = store({
    datastore: async () => {
      abort.abort()
      throw abort.signal.reason
    },
  })
  const destination = await run(client, { signal: abort.signal })
  expect(destination.summaries).toMatchObject([{ outcome: 'interrupted', instances: { failed: 0 } }])
})

test('instances in memory use it too', async () => {
  const client = store({ datastore: async () => 'JPEG_2000_LOSSLESS' })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const found: (string | undefined)[] = []
  for await (const instance of exporter.dicomizeImageSet({ datastoreId, imageSetId: idB })) {
    found.push(instance.storedTransferSyntaxUid)
  }
  expect(found).toEqual([jpeg2000Lossless, undefined])
})
