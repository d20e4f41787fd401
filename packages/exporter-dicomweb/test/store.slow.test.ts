import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { dicomwebDestination } from '@ahi-dicom/exporter-dicomweb'
import { createFileWriter } from '@ahi-dicom/exporter-dicomweb/lane'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileOf, instanceBytes, instanceFile } from './support/instances.ts'
import { startScripted, storeAll } from './support/scripted-server.ts'

let data: string
let emulator: Emulator

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'exporter-dicomweb-test-'))
  emulator = await startEmulator({ data })
})

afterAll(async () => {
  await emulator.close()
  await rm(data, { recursive: true })
})

test('stores instances at the emulator, and returns size and digest of each', async () => {
  const url = `${emulator.endpoint}/datastore/${emulator.datastoreId}`
  const destination = dicomwebDestination({ url, maxRequestInstances: 4 })
  await destination.open()
  expect(await destination.check?.()).toEqual([
    'It answers searches. The first instance will show whether it accepts instances.',
  ])
  const files = Array.from(generateStudy({ seed: 1, ctSlices: 10, ultrasoundFrames: 2 }), (file) => file.data)
  const stored = await Promise.all(files.map((bytes, index) => destination.write(fileOf(`${index}.dcm`, bytes))))
  await destination.close()
  expect(stored).toEqual(
    files.map((bytes, index) => ({
      path: `${index}.dcm`,
      byteLength: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      answer: { status: '200' },
    })),
  )
  const found: unknown = await (await fetch(`${url}/instances`)).json()
  expect(found).toHaveLength(files.length)
})

test('collects instances in requests of limited size', async () => {
  await using server = await startScripted(storeAll)
  const destination = dicomwebDestination({ url: `${server.url}/`, maxRequestBytes: 300_000, maxRequestInstances: 3 })
  const names = Array.from({ length: 10 }, (_, index) => `1.2.${index}`)
  await Promise.all(names.map((uid) => destination.write(instanceFile(uid, { byteLength: 120_000 }))))
  await destination.close()
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array(5).fill('POST /dicom-web/studies'),
  )
  expect(server.requests.map(({ uids }) => uids.length)).toEqual([2, 2, 2, 2, 2])
  expect(server.requests.flatMap(({ instances }) => instances)).toEqual(
    names.map((uid) => instanceBytes(uid, { byteLength: 120_000 })),
  )
})

test('streams an instance that exceeds maxRequestBytes', async () => {
  await using server = await startScripted(storeAll)
  const writer = createFileWriter({ url: server.url, maxRequestBytes: 100_000 })
  const bytes = instanceBytes('1.2.3', { byteLength: 5_000_000 })
  const stored = await writer.write(fileOf('a.dcm', bytes))
  await writer.close()
  expect(stored.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(server.requests.map(({ headers }) => headers['transfer-encoding'])).toEqual(['chunked'])
  expect(server.requests[0]?.instances).toEqual([bytes])
})

test('sends one chunk that exceeds the memory limit', async () => {
  await using server = await startScripted(storeAll)
  const writer = createFileWriter({ url: server.url, maxRequestBytes: 100_000 })
  const bytes = instanceBytes('1.2.3', { byteLength: 3_000_000 })
  const stored = await writer.write(fileOf('a.dcm', bytes, bytes.byteLength))
  await writer.close()
  expect(stored).toMatchObject({
    byteLength: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  expect(server.requests[0]?.instances).toEqual([bytes])
})

test('stores the same instance twice, in two requests', async () => {
  await using server = await startScripted(storeAll)
  const writer = createFileWriter({ url: server.url })
  await Promise.all([writer.write(instanceFile('1.2.3')), writer.write(instanceFile('1.2.3'))])
  await writer.close()
  expect(server.requests.map(({ uids }) => uids)).toEqual([['1.2.3'], ['1.2.3']])
})

test('does not block when many instances are read with little memory', async () => {
  await using server = await startScripted(storeAll)
  const writer = createFileWriter({ url: server.url, maxRequestBytes: 600_000, concurrency: 1 })
  const names = Array.from({ length: 40 }, (_, index) => `1.2.${index}`)
  await Promise.all(names.map((uid) => writer.write(instanceFile(uid, { byteLength: 590_000 }))))
  await writer.close()
  expect(new Set(server.requests.flatMap(({ uids }) => uids))).toEqual(new Set(names))
})
