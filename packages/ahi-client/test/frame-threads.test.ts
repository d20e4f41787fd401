import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'

import { describe, expect, test } from 'vitest'

import { createAhiClient, type AhiCredentials, type AhiClient } from '@ahi-dicom/ahi-client'

import { credentials, frame, rejection } from './fixtures.ts'
import { awsError, bytes, type ReceivedRequest, scriptedService } from './scripted-service.ts'
import type { Fetching } from './threads/fetching.ts'
import { messageOf, startThread } from './threads/thread.ts'

const imageFrameIds = Array.from({ length: 40 }, (_, index) => String(index).padStart(32, '0'))

async function startFetching(client: AhiClient, ids: readonly string[]): Promise<Worker> {
  const access = await client.shareAccess({ connections: 4 })
  const work: Fetching = { access, frame, imageFrameIds: ids }
  return startThread('fetching.ts', work, access.transfer)
}

/** Returns the body of each frame: as many bytes of value 1 as its number. */
function bodyOf({ body }: ReceivedRequest): Uint8Array {
  return new Uint8Array(Number(JSON.parse(body).imageFrameId)).fill(1)
}

describe('threads with the access of a client', () => {
  test('read frames at the same time as the client, with credentials that are requested once', async () => {
    let asked = 0
    const provider = async (): Promise<AhiCredentials> => {
      asked += 1
      return credentials
    }
    await using service = await scriptedService((response, request) => bytes(bodyOf(request))(response, request))
    await using client = createAhiClient({ endpoint: service.endpoint, region: 'us-east-1', credentials: provider })
    const threads = [
      await startFetching(client, imageFrameIds.slice(0, 20)),
      await startFetching(client, imageFrameIds.slice(20)),
    ]
    const outcomes = await Promise.all(threads.map(messageOf))
    expect(Object.assign({}, ...outcomes)).toEqual(Object.fromEntries(imageFrameIds.map((id) => [id, Number(id)])))
    expect(asked).toBe(1)
    expect(service.connections.most).toBeLessThanOrEqual(8)
    await Promise.all(threads.map((thread) => thread.terminate()))
  })

  test('get the error of a provider that fails', async () => {
    await using service = await scriptedService(awsError(500, 'InternalServerException'))
    await using client = createAhiClient({
      endpoint: service.endpoint,
      region: 'us-east-1',
      credentials: () => Promise.reject(new Error('no card in the reader')),
    })
    const thread = await startFetching(client, imageFrameIds.slice(0, 2))
    const outcomes = await messageOf(thread)
    expect(outcomes).toEqual(Object.fromEntries(imageFrameIds.slice(0, 2).map((id) => [id, 'AHI_CREDENTIALS'])))
    expect(service.requests).toHaveLength(0)
  })

  test('end by themselves, and do not affect the client if they are killed', async () => {
    const asked = Promise.withResolvers<void>()
    await using service = await scriptedService(() => asked.resolve(), bytes(new Uint8Array(3)))
    await using client = createAhiClient({ endpoint: service.endpoint, region: 'us-east-1', credentials })
    const killed = await startFetching(client, imageFrameIds.slice(0, 1))
    await asked.promise
    await killed.terminate()
    const ended = await startFetching(client, imageFrameIds.slice(0, 1))
    expect(await once(ended, 'exit')).toEqual([0])
    expect((await client.getImageFrame(frame)).data).toHaveLength(3)
  })

  test('fail when the client is closed', async () => {
    const asked = Promise.withResolvers<void>()
    await using service = await scriptedService(() => asked.resolve())
    const client = createAhiClient({ endpoint: service.endpoint, region: 'us-east-1', credentials })
    const thread = await startFetching(client, imageFrameIds.slice(0, 1))
    await asked.promise
    await client.close()
    expect(await messageOf(thread)).toEqual({ [imageFrameIds[0] ?? '']: 'AHI_UNAVAILABLE' })
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE' })
  })
})
