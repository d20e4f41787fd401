import { expect, test } from 'vitest'

import { createRequestCounters, createRequestCountMemory } from '../src/timing/request-counts.ts'
import { collected, frame, gathered, imageSet, instance, instantClock, rejection, testClient } from './fixtures.ts'
import { awsError, bytes, json, reset, scriptedService } from './scripted-service.ts'
import type { Fetching } from './threads/fetching.ts'
import { messageOf, startThread } from './threads/thread.ts'

const body = new Uint8Array(1000).fill(7)
const none = { repeated: 0, throttled: 0, secondsWaited: 0 }

test('requests are counted by operation, including repeated and throttled ones', async () => {
  const page = { imageSetsMetadataSummaries: [{ imageSetId: imageSet.imageSetId }] }
  const throttled = awsError(429, 'ThrottlingException', '', { 'retry-after': '7' })
  await using service = await scriptedService(json(page), throttled, reset, bytes(body), bytes(body))
  const clock = instantClock()
  await using client = testClient(service.endpoint, {}, clock)
  expect(client.requestCounts()).toEqual({})
  await collected(client.searchImageSets(imageSet))
  await client.getImageFrame(frame)
  await gathered((await client.getDICOMInstance(instance)).data)
  const { GetImageFrame, ...others } = client.requestCounts()
  expect(GetImageFrame).toMatchObject({ requests: 3, repeated: 2, throttled: 1, bytes: 1000 })
  expect(GetImageFrame?.secondsWaited).toBeGreaterThanOrEqual(7)
  expect(others).toEqual({
    SearchImageSets: { ...none, requests: 1, bytes: JSON.stringify(page).length },
    GetDICOMInstance: { ...none, requests: 1, bytes: 1000 },
  })
})

test('requests that fail are counted', async () => {
  await using service = await scriptedService(awsError(403, 'AccessDeniedException'))
  await using client = testClient(service.endpoint)
  await rejection(client.getImageFrame(frame))
  expect(client.requestCounts()).toEqual({ GetImageFrame: { ...none, requests: 1, bytes: 0 } })
})

test('requests of other threads are counted too', async () => {
  await using service = await scriptedService(bytes(body))
  await using client = testClient(service.endpoint)
  const access = await client.shareAccess({ connections: 2 })
  const imageFrameIds = Array.from({ length: 5 }, (_, index) => String(index).padStart(32, '0'))
  const thread = startThread('fetching.ts', { access, frame, imageFrameIds } satisfies Fetching, access.transfer)
  await messageOf(thread)
  await thread.terminate()
  expect(client.requestCounts()).toMatchObject({ GetImageFrame: { requests: 5, bytes: 5000 } })
})

test('simultaneous waits are counted once', () => {
  const counter = createRequestCounters(createRequestCountMemory())('GetImageFrame')
  counter.waits(1000, 10_000)
  counter.waits(5000, 2000)
  counter.waits(10_000, 3000)
  counter.waits(20_000, 1000)
  expect(counter.read().secondsWaited).toBeCloseTo(13)
})
