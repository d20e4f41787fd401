import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

import { afterAll, describe, expect, test } from 'vitest'

import { collected, type credentials, datastoreId, frame, imageSet, rejection, testClient } from './fixtures.ts'
import { systemClock } from '../src/timing/clock.ts'
import { type Answer, awsError, bytes, json, scriptedService } from './scripted-service.ts'

// An unhandled rejection fails the test run.
const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))
afterAll(() => {
  if (warnings.length > 0) throw new AggregateError(warnings, 'the process warned')
})

const reason = new Error('enough')

/** Aborts when the request arrives, and never answers. */
function abortsWhenAsked(controller: AbortController, respond?: Answer): Answer {
  return (response, request) => {
    respond?.(response, request)
    controller.abort(reason)
  }
}

describe('rejects with the reason of the signal', () => {
  test('if it aborts before the request, which is then not sent', async () => {
    await using service = await scriptedService(json({}))
    await using client = testClient(service.endpoint)
    const signal = AbortSignal.abort(reason)
    expect(await rejection(client.getImageFrame({ ...frame, signal }))).toBe(reason)
    expect(await rejection(client.getImageSet({ ...imageSet, signal }))).toBe(reason)
    expect(await rejection(client.getImageSetMetadata({ ...imageSet, signal }))).toBe(reason)
    expect(await rejection(client.getDatastore({ datastoreId, signal }))).toBe(reason)
    expect(await rejection(collected(client.listDatastores({ signal })))).toBe(reason)
    expect(await rejection(collected(client.searchImageSets({ datastoreId, signal })))).toBe(reason)
    expect(await rejection(collected(client.listImageSetVersions({ ...imageSet, signal })))).toBe(reason)
    expect(service.requests).toHaveLength(0)
  })

  test('if it aborts before the first byte of a frame', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(abortsWhenAsked(controller))
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
  })

  test('if it aborts before a JSON operation is answered', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(abortsWhenAsked(controller))
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageSet({ ...imageSet, signal: controller.signal }))).toBe(reason)
  })

  test('in the middle of a body, and closes the socket', async () => {
    const controller = new AbortController()
    let closed: Promise<unknown> | undefined
    await using service = await scriptedService((response) => {
      closed = once(response, 'close')
      response.writeHead(200, { 'content-length': '1000000' })
      response.write(new Uint8Array(500_000), () => controller.abort(reason))
    })
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
    await closed
  })

  test('during back-off', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(awsError(503, 'ServiceUnavailable', '', { 'retry-after': '50' }))
    const clock = {
      ...systemClock,
      wait: (ms: number, signal?: AbortSignal) => {
        controller.abort(reason)
        return systemClock.wait(ms, signal)
      },
    }
    await using client = testClient(service.endpoint, {}, clock)
    expect(await rejection(client.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
    expect(service.requests).toHaveLength(1)
  })

  test('during the wait for a connection, and the next request takes its place', async () => {
    const controller = new AbortController()
    const answered = Promise.withResolvers<ServerResponse>()
    await using service = await scriptedService(
      (response) => {
        answered.resolve(response)
        controller.abort(reason)
      },
      bytes(new Uint8Array(3)),
    )
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    const first = client.getImageFrame(frame)
    const second = client.getImageFrame({ ...frame, signal: controller.signal })
    const third = client.getImageFrame(frame)
    expect(await rejection(second)).toBe(reason)
    const response = await answered.promise
    response.end('first')
    expect((await first).data).toHaveLength(5)
    expect((await third).data).toHaveLength(3)
    expect(service.requests).toHaveLength(2)
  })

  test('while the credentials are being resolved', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(json({}))
    const endless = (): Promise<typeof credentials> => {
      controller.abort(reason)
      return new Promise(() => {})
    }
    await using client = testClient(service.endpoint, { credentials: endless })
    expect(await rejection(client.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
  })

  test('for all of 200 requests that share it, and the client serves others afterwards', async () => {
    const controller = new AbortController()
    const stuck = Array.from({ length: 20 }, () => () => {})
    await using service = await scriptedService(
      ...stuck.slice(1),
      abortsWhenAsked(controller),
      bytes(new Uint8Array(3)),
    )
    await using client = testClient(service.endpoint, { maxConnections: 20 })
    const requests = Array.from({ length: 200 }, () =>
      rejection(client.getImageFrame({ ...frame, signal: controller.signal })),
    )
    expect(new Set(await Promise.all(requests))).toEqual(new Set([reason]))
    expect((await client.getImageFrame(frame)).data).toHaveLength(3)
  })

  test('between the items of a list', async () => {
    const controller = new AbortController()
    const page = { datastoreSummaries: [{ datastoreId, datastoreStatus: 'ACTIVE' }], nextToken: 'more' }
    await using service = await scriptedService(json(page))
    await using client = testClient(service.endpoint)
    const read = async (): Promise<void> => {
      for await (const { datastoreId } of client.listDatastores({ signal: controller.signal })) {
        controller.abort(reason)
        expect(datastoreId).toBe(page.datastoreSummaries[0]?.datastoreId)
      }
    }
    expect(await rejection(read())).toBe(reason)
    expect(service.requests).toHaveLength(1)
  })
})

test('keeps no listener on a signal after the request', async () => {
  await using service = await scriptedService(bytes(new Uint8Array(3)))
  await using client = testClient(service.endpoint)
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...args)
  }
  await client.getImageFrame({ ...frame, signal })
  await Promise.resolve()
  expect(listeners).toBe(0)
})

describe('a closed client', () => {
  test('rejects requests in progress without another attempt, and all later requests', async () => {
    const received = Promise.withResolvers<void>()
    await using service = await scriptedService(() => received.resolve())
    const client = testClient(service.endpoint, {}, systemClock)
    const underWay = rejection(client.getImageFrame(frame))
    await received.promise
    await client.close()
    expect(await underWay).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false, ...frame })
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE' })
    expect(service.requests).toHaveLength(1)
  })
})
