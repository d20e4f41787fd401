import { createExporter, type ExportProgress, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble, oneByOne, type ClientDouble, type ClientFaults } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf, type RecordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)
/** MPEG-4 AVC/H.264 High Profile. */
const storedTransferSyntaxUid = '1.2.840.10008.1.2.4.102'
const imageSet = makeImageSet({
  imageSetId,
  instances: { '1.1': { storedTransferSyntaxUid, rows: 100, columns: 100 }, '1.2': {} },
})
const video = Buffer.from(imageSet.frames.get('1.1#0') ?? [])

/** Yields pieces of one kilobyte. */
async function* pieces(stored: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < stored.length; offset += 1024) yield stored.subarray(offset, offset + 1024)
}

async function run(faults: ClientFaults): Promise<{
  client: ClientDouble
  destination: RecordingDestination
  summary: ExportSummary
  progress: ExportProgress | undefined
}> {
  const client = clientDouble([imageSet], faults)
  const destination = recordingDestination()
  let progress: ExportProgress | undefined
  await using exporter = createExporter({ client, frameDecoder: decoderDouble(), maxBytesInFlight: 1000 })
  const onProgress = (state: ExportProgress): unknown => (progress = state)
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    onProgress,
  })
  return { client, destination, summary, progress }
}

test('a video is streamed and verified, and the manifest describes it', async () => {
  const { client, destination, summary, progress } = await run({ stream: pieces })
  expect(summary).toMatchObject({
    outcome: 'complete',
    frames: 2,
    unverifiedFrames: 0,
    bytesFetched: video.length + 18,
    warnings: { PIXELS_NOT_DECODED: 1 },
  })
  expect(client.requests).toMatchObject({ streams: ['1.1#0'], frames: ['1.2#0'] })
  expect(Buffer.from(destination.files.get('1.1.dcm') ?? []).includes(video)).toBe(true)
  expect(destination.manifest.find(({ sopInstanceUid }) => sopInstanceUid === '1.1')).toMatchObject({
    transferSyntaxUid: storedTransferSyntaxUid,
    storedTransferSyntaxUid,
    source: 'frames',
    checksum: 'verified',
  })
  expect(progress?.frames).toEqual({ done: 2, total: 2 })
})

test('a video damaged in transit is fetched once more', async () => {
  let times = 0
  const { client, summary, progress } = await run({
    async *stream(stored) {
      const isDamaged = times++ === 0
      for await (const piece of pieces(stored)) yield isDamaged ? piece.map((byte) => byte ^ 1) : piece
    },
  })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 2, unverifiedFrames: 0 })
  expect(client.requests.streams).toEqual(['1.1#0', '1.1#0'])
  expect(progress?.frames).toEqual({ done: 2, total: 2 })
})

test('a video that stays damaged is a checksum mismatch, and leaves no file', async () => {
  const { destination, summary } = await run({ stream: (stored) => pieces(stored.map((byte) => byte ^ 1)) })
  expect(summary).toMatchObject({ outcome: 'checksum-mismatch', instances: { written: 1, failed: 1 } })
  expect(destination.errors).toMatchObject([{ code: 'FRAME_CHECKSUM_MISMATCH', imageFrameId: '1.1#0' }])
  expect([...destination.files.keys()]).toEqual(['1.2.dcm'])
})

test('a client that cannot stream frames holds videos in memory', async () => {
  const { destination, summary } = await run({})
  expect(summary).toMatchObject({ outcome: 'complete', frames: 2, unverifiedFrames: 0 })
  expect(Buffer.from(destination.files.get('1.1.dcm') ?? []).includes(video)).toBe(true)
})

test('a destination that stops reading releases the request', async () => {
  const destination = recordingDestination({
    onChunk: (chunk, file) => {
      if (uidOf(file) === '1.1' && chunk.length === 1024) throw new Error('Cannot write: no')
    },
  })
  const client = clientDouble([imageSet], { stream: pieces, instance: oneByOne })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble(), fetchConcurrency: 1 })
  const job = { datastoreId, selectors: 'all', destination, layout: flatLayout, instanceConcurrency: 1 } as const
  const summary = await exporter.exportTo(job)
  expect(summary).toMatchObject({ outcome: 'failed', instances: { written: 1, failed: 1 } })
})
