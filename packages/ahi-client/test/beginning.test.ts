import { expect, test } from 'vitest'

import { frame, rejection, testClient } from './fixtures.ts'
import { awsError, bytes, reset, scriptedService, type Answer } from './scripted-service.ts'

const mebibyte = 1024 * 1024
const large = Uint8Array.from({ length: 4 * mebibyte }, (_, index) => index % 251)
const small = large.slice(0, 200 * 1024)
const first = 300 * 1024

/** Sends a body without Content-Length. */
function undeclared(body: Uint8Array): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'image/jph' })
    response.end(body)
  }
}

/** Sends only the beginning and never ends. */
const hesitating: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'image/jph', 'content-length': String(large.length) })
  response.write(large.subarray(0, first))
}

test('the beginning is read, and the connection is closed', async () => {
  await using service = await scriptedService(hesitating, bytes(small))
  await using client = testClient(service.endpoint)
  const { data, byteLength, contentType } = await client.getImageFrame({ ...frame, beginning: () => first })
  expect(data).toEqual(large.subarray(0, first))
  expect(data.buffer.byteLength).toBe(first)
  expect({ byteLength, contentType }).toEqual({ byteLength: large.length, contentType: 'image/jph' })
  expect(client.requestCounts()).toMatchObject({ GetImageFrame: { requests: 1, repeated: 0, bytes: first } })
  await service.idle()
  await client.getImageFrame(frame)
  expect(service.connections.accepted).toBe(2)
})

test('the function is called again once the requested bytes are there', async () => {
  await using service = await scriptedService(hesitating)
  await using client = testClient(service.endpoint)
  const steps = [10, 1000, 100_000, first]
  const seen: number[] = []
  const { data } = await client.getImageFrame({
    ...frame,
    beginning: (all) => {
      seen.push(all.length)
      return steps.find((step) => step > all.length) ?? first
    },
  })
  expect(data).toEqual(large.subarray(0, first))
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.at(-1)).toBe(first)
})

test('bytes that have not arrived yet are waited for', async () => {
  await using service = await scriptedService(bytes(large))
  await using client = testClient(service.endpoint)
  const needed = 3 * mebibyte
  const { data, byteLength } = await client.getImageFrame({ ...frame, beginning: () => needed })
  expect(data.length).toBeGreaterThanOrEqual(needed)
  expect(data).toEqual(large.subarray(0, data.length))
  expect(byteLength).toBe(large.length)
})

test('a body with little left is read whole, and its connection is used again', async () => {
  await using service = await scriptedService(bytes(small))
  await using client = testClient(service.endpoint)
  for (const beginning of [() => 1, () => undefined, () => 10 * mebibyte]) {
    expect(await client.getImageFrame({ ...frame, beginning })).toMatchObject({
      data: small,
      byteLength: small.length,
    })
  }
  expect(service.connections.accepted).toBe(1)
})

test('a body is read whole if the function requests all of it', async () => {
  await using service = await scriptedService(bytes(large))
  await using client = testClient(service.endpoint)
  const { data } = await client.getImageFrame({ ...frame, beginning: () => undefined })
  expect(Buffer.compare(data, large)).toBe(0)
})

test('a body of unknown length is read as far as needed', async () => {
  await using service = await scriptedService(undeclared(large), undeclared(small))
  await using client = testClient(service.endpoint)
  const cut = await client.getImageFrame({ ...frame, beginning: () => 1000 })
  expect(cut.byteLength).toBeUndefined()
  expect(cut.data).toEqual(large.subarray(0, cut.data.length))
  const whole = await client.getImageFrame({ ...frame, beginning: () => mebibyte })
  expect(whole.data).toEqual(small)
})

test('a failed attempt is repeated and calls the function again', async () => {
  const broken: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'image/jph', 'content-length': String(large.length) })
    response.write(large.subarray(0, 1000), () => response.socket?.end())
  }
  await using service = await scriptedService(reset, broken, hesitating)
  await using client = testClient(service.endpoint)
  const { data } = await client.getImageFrame({ ...frame, beginning: () => first })
  expect(data).toEqual(large.subarray(0, first))
  expect(client.requestCounts()).toMatchObject({ GetImageFrame: { requests: 3, repeated: 2, bytes: first } })
})

test('errors of the service and of the function are thrown', async () => {
  await using service = await scriptedService(awsError(404, 'ResourceNotFoundException'), hesitating)
  await using client = testClient(service.endpoint)
  expect(await rejection(client.getImageFrame({ ...frame, beginning: () => 1 }))).toMatchObject({
    code: 'AHI_NOT_FOUND',
  })
  const reason = new RangeError('no such thing')
  const beginning = (): number => {
    throw reason
  }
  expect(await rejection(client.getImageFrame({ ...frame, beginning }))).toBe(reason)
  expect(service.requests.length).toBe(2)
})

test('a body above the limit is refused', async () => {
  await using service = await scriptedService(bytes(large), undeclared(large))
  await using client = testClient(service.endpoint, { maxAttempts: 1 })
  const request = { ...frame, maxByteLength: mebibyte }
  for (const beginning of [() => 2 * mebibyte, () => 2 * mebibyte]) {
    expect(await rejection(client.getImageFrame({ ...request, beginning }))).toMatchObject({ code: 'AHI_RESPONSE' })
  }
})

test('a signal aborts the request', async () => {
  await using service = await scriptedService(hesitating)
  await using client = testClient(service.endpoint)
  const aborting = new AbortController()
  const reason = new Error('enough')
  const beginning = (): number => {
    queueMicrotask(() => aborting.abort(reason))
    return large.length
  }
  expect(await rejection(client.getImageFrame({ ...frame, beginning, signal: aborting.signal }))).toBe(reason)
})
