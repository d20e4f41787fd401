import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import type { ReceiveMemory } from '@ahi-dicom/ahi-client/frames'

import { receiveBody } from '../src/http/received-body.ts'
import { frame, frameClientOf, gathered, rejection, testClient } from './fixtures.ts'
import { awsError, bytes, scriptedService, truncatedBody } from './scripted-service.ts'

const body = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
const whole = bytes(body)
const reason = new Error('enough')

/** Returns memory that gives views of one buffer and records their lengths. */
function oneBuffer(byteLength: number): ReceiveMemory & { readonly buffer: ArrayBuffer; readonly taken: number[] } {
  const buffer = new ArrayBuffer(byteLength)
  const taken: number[] = []
  return {
    buffer,
    taken,
    take: (length) => {
      taken.push(length)
      return new Uint8Array(buffer, 8, length)
    },
  }
}

describe('receive memory', () => {
  test('holds the body of each frame, in a view of its length', async () => {
    const memory = oneBuffer(500_000)
    await using service = await scriptedService(whole, bytes(body.subarray(5, 50)), bytes(new Uint8Array(0)))
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client, { memory })
    for (const expected of [body, body.subarray(5, 50), new Uint8Array(0)]) {
      const { data } = await frames.getImageFrame(frame)
      expect(data).toEqual(expected)
      expect(data.buffer).toBe(memory.buffer)
    }
    expect(memory.taken).toEqual([200_000, 45, 0])
    await frames.close()
  })

  test('is not used for errors, streams and bodies without Content-Length', async () => {
    const memory = oneBuffer(500_000)
    await using service = await scriptedService(awsError(500, 'InternalServerException'), whole, (response) => {
      response.writeHead(200)
      response.write(body.subarray(0, 150_000), () => response.end(body.subarray(150_000)))
    })
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client, { memory })
    expect(await gathered((await frames.streamImageFrame(frame)).data)).toEqual(body)
    const { data } = await frames.getImageFrame(frame)
    expect(data).toEqual(body)
    expect(data.buffer.byteLength).toBe(body.length)
    expect(memory.taken).toEqual([])
    await frames.close()
  })

  test('is taken again by another attempt', async () => {
    const memory = oneBuffer(500_000)
    await using service = await scriptedService(truncatedBody, whole)
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client, { memory })
    expect((await frames.getImageFrame(frame)).data).toEqual(body)
    expect(memory.taken).toEqual([1000, 200_000])
    await frames.close()
  })

  test('is not written after an abort', async () => {
    const controller = new AbortController()
    const memory = oneBuffer(500_000)
    await using service = await scriptedService(bytes(body.subarray(1, 100)))
    await using client = testClient(service.endpoint)
    const aborting: ReceiveMemory = {
      take: (length) => {
        controller.abort(reason)
        return memory.take(length)
      },
    }
    const frames = await frameClientOf(client, { memory: aborting })
    expect(await rejection(frames.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
    await service.idle()
    expect(new Uint8Array(memory.buffer)).toEqual(new Uint8Array(500_000))
    await frames.close()
  })

  test('is not written by bytes of an aborted answer that were still buffered', async () => {
    const memory = oneBuffer(500_000)
    const response = new IncomingMessage(new Socket())
    response.headers['content-length'] = '100'
    const watched = { hasHead: true, received: 0, isWaiting: true, deadlineMs: 1000, expire: () => {} }
    receiveBody(response, { memory, watched, limit: { byteLength: 100 } }, { done: () => {}, fail: () => {} })
    response.push(body.subarray(1, 50))
    response.destroy()
    await setImmediate()
    expect(new Uint8Array(memory.buffer)).toEqual(new Uint8Array(500_000))
  })

  test.each<[string, ReceiveMemory['take']]>([
    ['of another length', () => new Uint8Array(7)],
    [
      'that cannot be allocated',
      () => {
        throw new RangeError('out of memory')
      },
    ],
  ])('a view %s is an error', async (_, take) => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client, { memory: { take } })
    const error = await rejection(frames.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: false, cause: expect.any(Error), ...frame })
    expect(String(error)).toContain('200000 bytes')
    await frames.close()
  })
})
