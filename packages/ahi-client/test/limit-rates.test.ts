import { expect, test } from 'vitest'

import { createAhiClient, type MaxRates } from '@ahi-dicom/ahi-client'
import { frame, frameClientOf, imageSet, instantClock, metadataDocument, testClient } from './fixtures.ts'
import { bytes, json, scriptedService } from './scripted-service.ts'

const body = bytes(new Uint8Array(100).fill(7))

test('a client and the threads that share its access keep one limit until it is removed', async () => {
  await using service = await scriptedService(body)
  const clock = instantClock()
  await using client = testClient(service.endpoint, {}, clock)
  const frames = await frameClientOf(client, {}, clock)
  client.limitRates({ GetImageFrame: 1 })
  for (let count = 0; count < 10; count += 1) {
    await client.getImageFrame(frame)
    await frames.getImageFrame(frame)
  }
  expect(clock.now()).toBeCloseTo(19_000)
  expect(client.secondsPaced().GetImageFrame).toBeCloseTo(19)
  expect(client.requestCounts().GetImageFrame).toMatchObject({ requests: 20, secondsWaited: 19 })
  client.limitRates({ SearchImageSets: 1 })
  for (let count = 0; count < 10; count += 1) await frames.getImageFrame(frame)
  expect(clock.now()).toBeLessThan(19_002)
  await frames.close()
})

test('operations without a limit keep their pace', async () => {
  await using service = await scriptedService(json(metadataDocument))
  const clock = instantClock()
  await using client = testClient(service.endpoint, {}, clock)
  client.limitRates({ GetImageFrame: 1 })
  for (let count = 0; count < 20; count += 1) await client.getImageSetMetadata(imageSet)
  expect(clock.now()).toBe(0)
  expect(client.secondsPaced()).toEqual({})
})

test.each<[string, MaxRates]>([
  ['rates', JSON.parse('{"GetPixels":1}')],
  ['rates.GetImageFrame', { GetImageFrame: 0 }],
  ['rates.GetImageFrame', { GetImageFrame: Infinity }],
])('an invalid `%s` is a TypeError that names it', async (name, rates) => {
  await using client = createAhiClient()
  expect(() => client.limitRates(rates)).toThrow(new RegExp(`^Expected \`${name}\``))
})
