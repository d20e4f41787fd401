import { createHash } from 'node:crypto'
import { array, assert, asyncProperty, integer, record } from 'fast-check'
import { createFileWriter } from '@ahi-dicom/exporter-dicomweb/lane'
import { expect, test } from 'vitest'
import { fileOf, instanceBytes } from './support/instances.ts'
import { startScripted, storeAll } from './support/scripted-server.ts'

test('instances arrive unchanged, from chunks of any size and in any batches', async () => {
  await using server = await startScripted(storeAll)
  const instance = record({
    byteLength: integer({ min: 0, max: 700_000 }),
    chunkLength: integer({ min: 300, max: 400_000 }),
  })
  const limits = record({
    maxRequestBytes: integer({ min: 1, max: 1_000_000 }),
    maxRequestInstances: integer({ min: 1, max: 5 }),
    concurrency: integer({ min: 1, max: 3 }),
  })
  let round = 0
  await assert(
    asyncProperty(array(instance, { maxLength: 6 }), limits, async (instances, settings) => {
      round += 1
      const sent = instances.map(({ byteLength, chunkLength }, index) => {
        const uid = `1.${round}.${index}`
        return { uid, bytes: instanceBytes(uid, { byteLength }), chunkLength }
      })
      const writer = createFileWriter({ url: server.url, ...settings })
      const stored = await Promise.all(
        sent.map(({ uid, bytes, chunkLength }) => writer.write(fileOf(uid, bytes, chunkLength))),
      )
      await writer.close()
      for (const [index, { uid, bytes }] of sent.entries()) {
        const received = server.requests.flatMap((request) =>
          request.instances.filter((_, at) => request.uids[at] === uid),
        )
        expect(received).toEqual([bytes])
        expect(stored[index]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      }
    }),
    { numRuns: 15 },
  )
})
