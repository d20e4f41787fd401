import { dcmFormat } from '@ahi-dicom/export-files'
import { createExporter, type ExportProgress, type ExportSummary, type Format } from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'
import { clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)
const frameCount = 5
const decodedBytes = 16
const storedBytes = 18
const study = [makeImageSet({ imageSetId, instances: { '1.3': { frames: frameCount } } })]

/**
 * Bytes of all frames, and of the most frames in flight at the same time. Reading the instance twice takes this memory.
 */
const wholeInstance = (frameCount + frameCount) * (decodedBytes + storedBytes)

/** A format with one file per frame that contains its samples. */
const rawFormat: Format = {
  name: 'raw',
  mediaType: 'application/octet-stream',
  readsPixels: true,
  *files({ instance, reading }) {
    for (let frame = 0; frame < instance.frameCount; frame++) yield { frame, chunks: samplesOf(frame) }

    async function* samplesOf(index: number): AsyncGenerator<Uint8Array> {
      const { buffer, byteOffset, byteLength } = await instance.frame(index, reading)
      yield new Uint8Array(buffer, byteOffset, byteLength)
    }
  },
}

interface Run {
  readonly client: ClientDouble
  readonly destination: RecordingDestination
  readonly decodings: number
  readonly summary: ExportSummary
  readonly progress: readonly ExportProgress[]
}

async function run(
  formats: readonly Format[],
  maxBytesInFlight: number,
  transferSyntax: 'explicit' | 'stored' = 'explicit',
): Promise<Run> {
  const client = clientDouble(study)
  const destination = recordingDestination()
  const progress: ExportProgress[] = []
  let decodings = 0
  const frameDecoder = decoderDouble(() => void (decodings += 1))
  await using exporter = createExporter({ client, frameDecoder, maxBytesInFlight })
  const onProgress = (state: ExportProgress): unknown => progress.push(state)
  const job = { datastoreId, selectors: 'all', destination, layout: flatLayout, formats } as const
  const summary = await exporter.exportTo({ ...job, transferSyntax, onProgress })
  return { client, destination, decodings, summary, progress }
}

describe('frames that two formats read', () => {
  const both = [dcmFormat(), rawFormat]

  test('are fetched and decoded once if all of them fit half of the memory', async () => {
    const { client, destination, decodings, summary, progress } = await run(both, 2 * wholeInstance)
    expect(client.requests.frames).toHaveLength(frameCount)
    expect(decodings).toBe(frameCount)
    expect(summary).toMatchObject({ outcome: 'complete', frames: frameCount, bytesFetched: frameCount * storedBytes })
    expect(progress.at(-1)?.frames).toEqual({ done: frameCount, total: frameCount })
    const stored = [...(study[0]?.frames.values() ?? [])]
    const pictures = stored.map((_, index) => destination.files.get(`1.3-000${index + 1}.raw`))
    expect(pictures).toEqual(stored.map((frame) => Buffer.from(frame.slice(2))))
  })

  test('are fetched again if they do not fit, each counted once', async () => {
    const { client, summary, progress } = await run(both, wholeInstance)
    expect(client.requests.frames).toHaveLength(2 * frameCount)
    expect(summary).toMatchObject({
      outcome: 'complete',
      frames: frameCount,
      bytesFetched: 2 * frameCount * storedBytes,
    })
    for (const { frames } of progress) expect(frames.done).toBeLessThanOrEqual(frames.total)
    expect(progress.at(-1)?.frames).toEqual({ done: frameCount, total: frameCount })
  })

  test('are fetched and decoded once if they are written as stored', async () => {
    const { client, decodings, summary } = await run(both, 1 << 20, 'stored')
    expect(client.requests.frames).toHaveLength(frameCount)
    expect(decodings).toBe(frameCount)
    expect(summary).toMatchObject({ outcome: 'complete', unverifiedFrames: 0 })
  })

  test('are decoded once per read if stored frames do not fit', async () => {
    const { client, decodings } = await run(both, 2, 'stored')
    expect(client.requests.frames).toHaveLength(2 * frameCount)
    expect(decodings).toBe(2 * frameCount)
  })

  test('are not kept for a single format', async () => {
    const { client } = await run([rawFormat], 1 << 20)
    expect(client.requests.frames).toHaveLength(frameCount)
  })
})

test('a format that fails for an instance is reported, and the DICOM file is written', async () => {
  const failing: Format = {
    ...rawFormat,
    files() {
      throw Object.assign(new Error('Cannot show it'), { code: 'RENDER_NOT_AN_IMAGE' })
    },
  }
  const { destination, summary } = await run([dcmFormat(), failing], 1 << 20)
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { selected: 1, written: 0, failed: 1, unfinished: 0 },
    files: 1,
    errors: { RENDER_NOT_AN_IMAGE: 1 },
  })
  expect(destination.manifest).toMatchObject([{ sopInstanceUid: '1.3', path: '1.3.dcm' }])
  expect(destination.errors).toMatchObject([
    { imageSetId, seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.3', code: 'RENDER_NOT_AN_IMAGE' },
  ])
})
