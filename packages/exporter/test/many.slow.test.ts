import { tags } from '@ahi-dicom/dicom-standard'
import { readPart10 } from '@ahi-dicom/dicom-standard/reader'
import { createExporter, type Destination, type ExportProgress, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetDouble } from './doubles/image-sets.ts'
import { recordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)

interface Run {
  readonly summary: ExportSummary
  /** The most frames that were requested and not yet written, at any time. */
  readonly mostFrames: number
  /** The most instances being written at the same time. */
  readonly mostInstances: number
  readonly progress: ExportProgress | undefined
}

async function run(
  imageSet: ImageSetDouble,
  transferSyntax: 'explicit' | 'stored',
  maxBytesInFlight: number,
): Promise<Run> {
  const most = { frames: 0, instances: 0 }
  let [inFlight, writing] = [0, 0]
  let progress: ExportProgress | undefined
  const client = clientDouble([imageSet], {
    frame: async (_, stored) => {
      most.frames = Math.max(most.frames, ++inFlight)
      return stored
    },
  })
  const recording = recordingDestination({
    onChunk: (chunk) => void (chunk.length === 16 || chunk.length === 18 ? (inFlight -= 1) : 0),
  })
  const destination: Destination = {
    ...recording,
    async write(file, options) {
      most.instances = Math.max(most.instances, ++writing)
      const stored = await recording.write(file, options)
      writing -= 1
      return stored
    },
  }
  await using exporter = createExporter({
    client,
    frameDecoder: decoderDouble(),
    fetchConcurrency: 8,
    maxBytesInFlight,
  })
  const onProgress = (state: ExportProgress): unknown => (progress = state)
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, transferSyntax, onProgress })
  return { summary, mostFrames: most.frames, mostInstances: most.instances, progress }
}

/**
 * A frame has 16 bytes decoded and 18 stored. A share of 1020 bytes holds 30 frames, and 8 may be requested at a time.
 */
test.each(['explicit', 'stored'] as const)('%s: an instance of ten thousand frames', async (transferSyntax) => {
  const frames = 10_000
  const imageSet = makeImageSet({ imageSetId, instances: { '1.1': { frames } } })
  const { summary, mostFrames, progress } = await run(imageSet, transferSyntax, 2040)
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 1 }, frames, unverifiedFrames: 0 })
  expect(progress?.frames).toEqual({ done: frames, total: frames })
  expect(mostFrames).toBeLessThanOrEqual(transferSyntax === 'explicit' ? 8 : frames)
})

test('a document of ten thousand instances', async () => {
  const uids = Array.from({ length: 10_000 }, (_, index) => `1.2.${index}`)
  const imageSet = makeImageSet({ imageSetId, instances: Object.fromEntries(uids.map((uid) => [uid, {}])) })
  const { summary, mostFrames, mostInstances } = await run(imageSet, 'explicit', 5 * 34)
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { selected: 10_000, written: 10_000 },
    duplicates: 0,
  })
  expect(mostInstances).toBeLessThanOrEqual(5)
  expect(mostFrames).toBeLessThanOrEqual(5)
})

test('a DICOMDIR of more than ten thousand instances, with few in memory at a time', async () => {
  const uids = Array.from({ length: 10_001 }, (_, index) => `1.2.${index}`)
  const imageSet = makeImageSet({ imageSetId, instances: Object.fromEntries(uids.map((uid) => [uid, {}])) })
  const recording = recordingDestination()
  const chunks: Uint8Array[] = []
  const destination: Destination = {
    ...recording,
    async write(file, options) {
      if (file.path !== 'DICOMDIR') return await recording.write(file, options)
      for await (const chunk of file.chunks) chunks.push(chunk.slice())
      return await recording.write({ ...file, chunks }, options)
    },
  }
  await using exporter = createExporter({
    client: clientDouble([imageSet]),
    frameDecoder: decoderDouble(),
    // The record has room for less than a thousand of them.
    maxMemory: 64 * 2 ** 20,
  })
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    dicomdir: true,
    headerOnly: true,
  })
  expect(summary).toMatchObject({ instances: { written: 10_001 }, errors: {} })
  expect(Math.max(...chunks.map(({ byteLength }) => byteLength))).toBeLessThan(2 ** 17)
  const { dataSet } = readPart10(Buffer.concat(chunks))
  expect(dataSet.get(tags.directoryRecordSequence)?.items).toHaveLength(10_004)
})
