import { setImmediate } from 'node:timers/promises'
import { createExporter } from '@ahi-dicom/exporter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentBytes } from '../src/memory/document-bytes.ts'
import { createDocumentMemory } from '../src/memory/document-memory.ts'
import { memoryShares } from '../src/memory/max-memory.ts'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination } from './doubles/recording-destination.ts'

function imageSetOf(index: number, instances: number) {
  const uids = Array.from({ length: instances }, (_, number) => [`5.${index}.${number}`, { frames: 0 }] as const)
  return makeImageSet({ imageSetId: String(index).padStart(32, '0'), instances: Object.fromEntries(uids) })
}

const small = imageSetOf(0, 4)
const large = imageSetOf(1, 400)

test('the estimate grows as documents do', () => {
  const [a, b] = [documentBytes(small.metadata), documentBytes(large.metadata)]
  expect(b / a).toBeGreaterThan(30)
  expect(documentBytes(large.metadata)).toBeGreaterThan(JSON.stringify(large.metadata).length)
})

describe('the memory of documents', () => {
  test('reads the first document alone, then as many as fit', async () => {
    const memory = createDocumentMemory(documentBytes(small.metadata) * 2)
    const first = await memory.reserve(undefined)
    const given: string[] = []
    const others = ['second', 'third'].map(async (name) => {
      const place = await memory.reserve(undefined)
      given.push(name)
      return place
    })
    await setImmediate()
    expect(given).toEqual([])
    first.fit(small.metadata)
    await setImmediate()
    expect(given).toEqual(['second'])
    first.release()
    first.release()
    await setImmediate()
    expect(given).toEqual(['second', 'third'])
    for (const place of await Promise.all(others)) place.release()
  })

  test('stops waiting when the signal aborts', async () => {
    const memory = createDocumentMemory(1)
    const first = await memory.reserve(undefined)
    const waiting = memory.reserve(AbortSignal.timeout(10))
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
    first.release()
    const next = await memory.reserve(undefined)
    next.release()
  })

  test('completes an export with little memory and large documents', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(8, 1000, 100_000, 2 ** 30),
        async (sizes, maxMemory) => {
          const imageSets = sizes.map((size, index) => imageSetOf(index, size))
          await using exporter = createExporter({
            client: clientDouble(imageSets),
            frameDecoder: decoderDouble(),
            maxMemory,
          })
          const destination = recordingDestination()
          const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout })
          expect(summary.instances.written).toBe(sizes.reduce((sum, size) => sum + size, 0))
        },
      ),
      { numRuns: 30, interruptAfterTimeLimit: 6000 },
    )
  })
})

test.each([
  [8, 1],
  [2 ** 30, 33],
])('a plan with %d bytes of memory reads at most %d documents at a time', async (maxMemory, expected) => {
  const client = clientDouble(Array.from({ length: 50 }, (_, index) => imageSetOf(index, 2)))
  let reading = 0
  let most = 0
  const watched = {
    ...client,
    async getImageSetMetadata(request: Parameters<typeof client.getImageSetMetadata>[0]) {
      reading += 1
      most = Math.max(most, reading)
      await setImmediate()
      reading -= 1
      return await client.getImageSetMetadata(request)
    },
  }
  await using exporter = createExporter({ client: watched, frameDecoder: decoderDouble(), maxMemory })
  expect(await exporter.plan({ datastoreId, selectors: 'all' })).toMatchObject({ instances: 100 })
  expect(most).toBe(expected)
})

test('memory is divided without loss', () => {
  const { frames, documents, record, walk } = memoryShares(2 ** 30)
  expect(frames + documents + record + walk).toBe(2 ** 30)
})

test.each([0, -1, 1.5, Number.NaN])('rejects %d bytes of memory', (maxMemory) => {
  expect(() => createExporter({ maxMemory })).toThrow(/`maxMemory`/)
})
