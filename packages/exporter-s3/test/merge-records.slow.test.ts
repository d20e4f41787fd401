import type { Destination } from '@ahi-dicom/export-files'
import { s3Destination } from '@ahi-dicom/exporter-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { merge, stateOf, writeImageSets, type ImageSetToWrite } from '../../export-files/test/merged-export.ts'
import { failWith, startFakeS3, type FakeS3 } from './fake-s3.ts'

let fake: FakeS3
beforeEach(async () => {
  fake = await startFakeS3()
})
afterEach(async () => {
  await fake[Symbol.asyncDispose]()
})

function destinationOf(writer?: string, prefix = 'x'): Destination {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  return s3Destination({ bucket: 'my-bucket', prefix, endpoint: fake.endpoint, credentials, writer })
}

const one: ImageSetToWrite = { imageSetId: 'one', instances: ['1', '2'], hasWarning: true }
const two: ImageSetToWrite = { imageSetId: 'two', instances: ['3', '4'], failing: '4' }

/** Removes the lock of a writer whose process was killed. */
function forgetLock(writer: string): void {
  fake.objects.delete(`x/.ahi-dicom/writers/${writer}/.ahi-dicom.lock`)
}

function keysOfRecords(): readonly string[] {
  return [...fake.objects.keys()].filter((key) => key.includes('/writers/'))
}

/**
 * Exports with three writers. Writer b is killed. It had written one file that writer c has recorded, and one that no record
 * names.
 */
async function writeBySeveral(): Promise<void> {
  await writeImageSets(destinationOf('a'), [one])
  await writeImageSets(destinationOf('c'), [two])
  await writeImageSets(destinationOf('b'), [one], { killedIn: { imageSetId: 'two', instances: ['3', '9'] } })
  forgetLock('b')
  await destinationOf('b').write({
    path: '.ahi-dicom/staged/set/5.dcm',
    format: 'dcm',
    mediaType: 'application/dicom',
    chunks: [Buffer.from('waits')],
  })
}

test('the records of several writers are merged into one', async () => {
  await writeImageSets(destinationOf(undefined, 'single'), [one, two])
  await writeBySeveral()
  fake.objects.set('x/foreign.txt', Buffer.from('foreign'))
  expect(await merge(destinationOf())).toMatchObject({ writers: 3, files: 3, failures: 1, lostFiles: 0, locked: [] })
  expect(keysOfRecords()).toEqual([])
  expect(fake.objects.has('x/two/9.dcm')).toBe(false)
  expect(fake.objects.has('x/foreign.txt')).toBe(true)
  fake.objects.delete('x/foreign.txt')
  expect(await stateOf(destinationOf())).toEqual(await stateOf(destinationOf(undefined, 'single')))
})

test('a merge that S3 interrupts can be repeated', async () => {
  await writeBySeveral()
  const before = { objects: new Map(fake.objects), requests: fake.requests.length }
  await merge(destinationOf())
  const requests = fake.requests.length - before.requests
  const expected = await stateOf(destinationOf())
  expect(expected.files).toHaveLength(3)
  let rejected = 0
  for (let last = 5; last < requests; last += 41) {
    fake.objects.clear()
    for (const [key, object] of before.objects) fake.objects.set(key, object)
    let left = last
    fake.fault = (_, response) => {
      left -= 1
      if (left >= 0) return false
      failWith(response, 403, 'AccessDenied')
      return true
    }
    await merge(destinationOf()).catch(() => (rejected += 1))
    fake.fault = () => false
    for (const writer of ['a', 'b', 'c']) forgetLock(writer)
    fake.objects.delete('x/.ahi-dicom/.ahi-dicom.lock')
    await merge(destinationOf())
    expect(await stateOf(destinationOf()), `after ${last} requests`).toEqual(expected)
    expect(keysOfRecords()).toEqual([])
  }
  // Most interrupted merges fail. A merge that only cannot remove its lock does not.
  expect(rejected).toBeGreaterThan(requests / 41 / 2)
})

test('a writer that resumes keeps an object that another writer has recorded', async () => {
  await writeBySeveral()
  await writeImageSets(destinationOf('b'), [], { mode: 'resume' })
  expect(fake.objects.has('x/two/3.dcm')).toBe(true)
  expect(fake.objects.has('x/two/9.dcm')).toBe(false)
})

test('uploads left by a killed writer are aborted', async () => {
  await writeImageSets(destinationOf('a'), [], { killedIn: one })
  forgetLock('a')
  fake.uploads.set('upload', { key: 'x/one/1.dcm', parts: new Map() })
  fake.uploads.set('other', { key: 'x/one/2.dcm', parts: new Map() })
  fake.objects.set('x/.ahi-dicom/writers/a/uploads/note', Buffer.from('x/one/1.dcm'))
  await merge(destinationOf())
  expect([...fake.uploads.keys()]).toEqual(['other'])
  expect(keysOfRecords()).toEqual([])
})
