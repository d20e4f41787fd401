import type { Destination } from '@ahi-dicom/export-files'
import { s3Destination } from '@ahi-dicom/exporter-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFakeS3, type FakeS3 } from './fake-s3.ts'

let fake: FakeS3
beforeEach(async () => {
  fake = await startFakeS3()
})
afterEach(async () => {
  await fake[Symbol.asyncDispose]()
})

function destinationOf(writer?: string): Destination {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  return s3Destination({ bucket: 'my-bucket', prefix: 'x', endpoint: fake.endpoint, credentials, writer })
}

async function write(destination: Destination, path: string): Promise<void> {
  const file = { path, format: 'dcm', mediaType: 'application/dicom', chunks: [Buffer.from(path)] }
  await destination.write(file)
}

async function pathsOf(destination: Destination): Promise<readonly string[]> {
  const paths: string[] = []
  for await (const { path } of destination.list?.() ?? []) paths.push(path)
  return paths.sort()
}

test.each(['', '.', '..', 'a/b', 'ü', 'a'.repeat(65)])('the name %j is refused', (writer) => {
  expect(() => destinationOf(writer)).toThrow('`writer`')
})

test('each writer has a separate lock, which can be held once', async () => {
  const locks = [await destinationOf().record.lock(), await destinationOf('a').record.lock()]
  await expect(destinationOf('a').record.lock()).rejects.toMatchObject({
    code: 'OUTPUT_LOCKED',
    message: expect.stringContaining('name a `writer`'),
  })
  for (const lock of locks) await lock.release()
})

test('writers share one tree of files, and each recognises the files that it wrote', async () => {
  const [a, b] = [destinationOf('a'), destinationOf('b')]
  await write(a, 'one.dcm')
  await write(b, 'two.dcm')
  expect(await pathsOf(a)).toEqual(['one.dcm', 'two.dcm'])
  expect(await a.isOwn?.('one.dcm')).toBe(true)
  expect(await a.isOwn?.('two.dcm')).toBe(false)
  expect(await destinationOf().isOwn?.('one.dcm')).toBe(false)
})

test('a writer lists only its own staged files', async () => {
  const [a, b] = [destinationOf('a'), destinationOf('b')]
  const waiting = '.ahi-dicom/staged/image-set/one.dcm'
  await write(a, waiting)
  expect([...fake.objects.keys()]).toEqual(['x/.ahi-dicom/writers/a/staged/image-set/one.dcm'])
  expect([await pathsOf(a), await pathsOf(b), await pathsOf(destinationOf())]).toEqual([[waiting], [], []])
})

test('each writer finds all records of a prefix', async () => {
  for (const writer of [undefined, 'a', 'b']) {
    await destinationOf(writer).record.write('summary.json', Buffer.from(writer ?? 'none'))
  }
  const found: Record<string, string> = {}
  for await (const { name, record } of destinationOf('b').records?.() ?? []) {
    for await (const chunk of (await record.read('summary.json')) ?? []) found[name] = Buffer.from(chunk).toString()
  }
  expect(found).toEqual({ '': 'none', 'writers/a': 'a', 'writers/b': 'b' })
})

test('a named writer creates no DICOMDIR', () => {
  expect(destinationOf('a').cannot?.dicomdir).toContain('export without a writer')
  expect(destinationOf().cannot).toBeUndefined()
})
