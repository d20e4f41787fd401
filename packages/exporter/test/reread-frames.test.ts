import { createExporter, type ExportProgress, type ExportSummary, type InstanceSink } from '@ahi-dicom/exporter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planFrameMemory } from '../src/frame-memory.ts'
import { openInstance } from '../src/lane/open-instance.ts'
import { createBudget } from '../src/budget.ts'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { recordingSink, type RecordingSink } from './doubles/recording-sink.ts'

const imageSetId = 'a'.repeat(32)
const frameCount = 5
const decodedBytes = 16
const storedBytes = 18
const wholeInstance = frameCount * decodedBytes + storedBytes
const study = [makeImageSet({ imageSetId, instances: { '1.3': { frames: frameCount } } })]

/** Writes the file, then reads every frame again, as pictures are made. */
function rereadingSink(pictures: Uint8Array[] = [], rereadsFrames = true): RecordingSink & InstanceSink {
  const sink = recordingSink()
  return {
    ...sink,
    rereadsFrames,
    async write(instance, options) {
      const files = await sink.write(instance, options)
      for (let index = 0; index < instance.frameCount; index++) {
        const { buffer, byteOffset, byteLength } = await instance.frame(index, options)
        pictures.push(new Uint8Array(buffer, byteOffset, byteLength))
      }
      return files
    },
  }
}

interface Run {
  readonly client: ClientDouble
  readonly decodings: number
  readonly summary: ExportSummary
  readonly progress: readonly ExportProgress[]
}

async function run(
  sink: InstanceSink,
  maxBytesInFlight: number,
  transferSyntax: 'explicit' | 'stored' = 'explicit',
): Promise<Run> {
  const client = clientDouble(study)
  const progress: ExportProgress[] = []
  let decodings = 0
  const frameDecoder = decoderDouble(() => void (decodings += 1))
  await using exporter = createExporter({ client, frameDecoder, maxBytesInFlight })
  const onProgress = (state: ExportProgress): unknown => progress.push(state)
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', sink, transferSyntax, onProgress })
  return { client, decodings, summary, progress }
}

describe('a sink that reads frames more than once', () => {
  test('has every frame fetched and decoded once where the instance fits its share', async () => {
    const pictures: Uint8Array[] = []
    const { client, decodings, summary, progress } = await run(rereadingSink(pictures), 2 * wholeInstance)
    expect(client.requests.frames).toHaveLength(frameCount)
    expect(decodings).toBe(frameCount)
    expect(summary).toMatchObject({ outcome: 'complete', frames: frameCount, bytesFetched: frameCount * storedBytes })
    expect(progress.at(-1)?.frames).toEqual({ done: frameCount, total: frameCount })
    const stored = [...(study[0]?.frames.values() ?? [])]
    expect(pictures).toEqual(stored.map((frame) => frame.slice(2)))
  })

  test('has those of a larger instance fetched again, each counted once', async () => {
    const { client, summary, progress } = await run(rereadingSink(), 2 * wholeInstance - 2)
    expect(client.requests.frames).toHaveLength(2 * frameCount)
    expect(summary).toMatchObject({
      outcome: 'complete',
      frames: frameCount,
      bytesFetched: 2 * frameCount * storedBytes,
    })
    for (const { frames } of progress) expect(frames.done).toBeLessThanOrEqual(frames.total)
    expect(progress.at(-1)?.frames).toEqual({ done: frameCount, total: frameCount })
  })

  test('has stored frames fetched once', async () => {
    const { client, summary } = await run(rereadingSink(), 1 << 20, 'stored')
    expect(client.requests.frames).toHaveLength(frameCount)
    expect(summary).toMatchObject({ outcome: 'complete', unverifiedFrames: 0 })
  })

  test('has stored frames of a larger instance decoded once each time', async () => {
    const { client, decodings } = await run(rereadingSink(), 2, 'stored')
    expect(client.requests.frames).toHaveLength(2 * frameCount)
    expect(decodings).toBe(2 * frameCount)
  })

  test('has to say so', async () => {
    const { client } = await run(rereadingSink([], false), 1 << 20)
    expect(client.requests.frames).toHaveLength(2 * frameCount)
  })
})

test('what a sink could not make of an instance is reported beside the files that it made', async () => {
  const sink = recordingSink()
  const half: InstanceSink = {
    ...sink,
    async write(instance, options) {
      options.onFailure(Object.assign(new Error('Cannot show it'), { code: 'RENDER_NOT_AN_IMAGE' }))
      return sink.write(instance, options)
    },
  }
  const { summary } = await run(half, 1 << 20)
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { selected: 1, written: 0, failed: 1, unfinished: 0 },
    files: 1,
    errors: { RENDER_NOT_AN_IMAGE: 1 },
  })
  expect(sink.manifest).toMatchObject([{ sopInstanceUid: '1.3', path: '1.3.dcm' }])
  expect(sink.errors).toMatchObject([
    { imageSetId, seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.3', code: 'RENDER_NOT_AN_IMAGE' },
  ])
})

test('frames in memory stay within the share of their instance, or are those of one frame', () => {
  const frames = fc.record({ count: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 20 }) })
  const limits = fc.record({ maxBytes: fc.integer({ min: 0, max: 20_000 }), maxFrames: fc.integer({ min: 1, max: 9 }) })
  fc.assert(
    fc.property(frames, limits, fc.constantFrom('explicit', 'stored'), ({ count, rows }, limit, transferSyntax) => {
      const { metadata } = makeImageSet({ imageSetId, instances: { '1.1': { frames: count, rows, columns: rows } } })
      const [entry] = imageSetInstances(metadata)
      if (entry === undefined) throw new Error('no instance')
      const parts = { source: clientDouble([]), decoder: decoderDouble(), requests: createBudget(1) }
      const target = {
        datastoreId,
        imageSetId,
        metadata,
        entry,
        losslessStorageFormat: 'HTJ2K',
        isLatestVersion: true,
      } as const
      const { instance } = openInstance(parts, target, { ...limit, transferSyntax })
      const decoded = rows * rows
      const perFrame = 2 * decoded + 2
      const options = { ...limit, keepFrames: 'within-limit', basis: 'decoded' } as const
      const memory = planFrameMemory(entry.instance, instance, options)
      const wholeBytes = memory.kept === undefined ? 0 : count * (memory.kept === 'decoded' ? decoded : decoded + 2)
      const heldBytes = memory.kept === undefined ? memory.maxFrames * perFrame : memory.bytesInFlight
      expect(heldBytes).toBeLessThanOrEqual(Math.max(limit.maxBytes, perFrame))
      expect(memory.bytesInFlight).toBeGreaterThanOrEqual(Math.max(heldBytes, wholeBytes))
    }),
  )
})
