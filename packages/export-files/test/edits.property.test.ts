import { isDeepStrictEqual } from 'node:util'
import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { createFormats, memoryRecord, recordNames, selectFrames, verifyExport } from '@ahi-dicom/export-files'
import type { Destination, Format } from '@ahi-dicom/export-files'
import { edit, type Edit, type Files } from './edits.ts'
import { instanceDouble, keyOf } from './instance-double.ts'
import { memoryDestination, textOf, type MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'

const layout = '{SeriesInstanceUID}/{SOPInstanceUID}'
const formats = [...createFormats(['dcm']), textOfFrames()]
const names = Object.values(recordNames)

/** A format that makes a file of each frame. */
function textOfFrames(): Format {
  const frames = selectFrames(undefined)
  return {
    name: 'txt',
    mediaType: 'text/plain',
    readsPixels: true,
    frames,
    *files({ instance }) {
      for (const frame of frames.of(instance.pictureCount)) yield { frame, chunks: [Buffer.from(`frame ${frame}`)] }
    },
  }
}

/** Files of one length, and of others; one with two pictures. */
const instances = ['file 1', 'file 2', 'file 3', 'a longer file'].map((text, index) =>
  instanceDouble({
    sopInstanceUid: `1.${index + 1}`,
    chunks: [Buffer.from(text)],
    frames: index === 1 ? [Uint8Array.of(1, 2), Uint8Array.of(3, 4)] : [],
  }),
)

/** Exports what is missing, and says how it ended. */
async function exportAll(destination: Destination, mode: 'new' | 'resume', failed?: number): Promise<boolean> {
  await using running = await openExport(destination, { mode, layout, formats })
  for (const [index, instance] of instances.entries()) {
    if (running.completed(instance)) continue
    if (index === failed) {
      const { datastoreId, sopInstanceUid } = keyOf(instance)
      await running.record.fail({ datastoreId, sopInstanceUid, code: 'NO', message: 'no', retryable: false })
    } else await running.export(instance)
    if (index === 1) await running.flush()
  }
  await running.record.warn({
    ...keyOf(instances[0] ?? instanceDouble()),
    code: 'PIXELS_NOT_DECODED',
    message: '',
    instances: 1,
  })
  await running.flush()
  const lost = await running.record.finish({ isComplete: failed === undefined })
  const isComplete = failed === undefined && lost.length === 0
  await running.record.close({ outcome: isComplete ? 'complete' : 'failed', instances: { failed: 1 } })
  return isComplete
}

/** Returns whether verification finds nothing. */
async function isGood(destination: Destination): Promise<boolean> {
  try {
    for await (const event of verifyExport(destination)) if (event.kind === 'problem') return false
    return true
  } catch {
    return false
  }
}

async function filesOf({ files, record }: MemoryDestination): Promise<Files> {
  const all: Files = new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))
  for (const name of names) {
    const content = await record.read(name)
    if (content !== undefined) all.set(name, Buffer.from(await textOf(record, name)))
  }
  return all
}

async function destinationOf(files: Files): Promise<MemoryDestination> {
  const record = memoryRecord()
  const destination = memoryDestination(record)
  for (const [path, bytes] of files) {
    if (names.some((name) => name === path)) await record.write(path, bytes)
    else destination.files.set(path, bytes)
  }
  return destination
}

function dataOf(files: Files): Record<string, string> {
  const data = [...files].filter(([path]) => !names.some((name) => name === path))
  return Object.fromEntries(data.map(([path, bytes]) => [path, String(bytes)]))
}

async function exported(failed?: number): Promise<Files> {
  const destination = memoryDestination()
  await exportAll(destination, 'new', failed)
  return filesOf(destination)
}

function copied(files: Files): Files {
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))
}

function isSame(files: Files, right: Files): boolean {
  return isDeepStrictEqual(dataOf(files), dataOf(right))
}

test('whatever is edited, verification notices or the files are right, and so does a resumed export', async () => {
  const [complete, incomplete] = [await exported(), await exported(2)]
  expect(await isGood(await destinationOf(complete))).toBe(true)
  expect(await isGood(await destinationOf(incomplete))).toBe(false)

  async function isNoticed(start: Files, edits: readonly Edit[]): Promise<boolean> {
    const files = copied(start)
    for (const one of edits) one.apply(files)
    const destination = await destinationOf(files)
    if ((await isGood(destination)) && !isSame(files, complete)) return false
    const isComplete = await exportAll(destination, 'resume')
    return !isComplete || !(await isGood(destination)) || isSame(await filesOf(destination), complete)
  }

  const starts = constantFrom(complete, incomplete)
  const property = asyncProperty(starts, array(edit(), { minLength: 1, maxLength: 3 }), isNoticed)
  await assert(property, { numRuns: 4000 })
}, 120_000)

test('an edit of a file of the record is noticed', async () => {
  const start = await exported()

  async function isNoticed(one: Edit): Promise<boolean> {
    const files = copied(start)
    one.apply(files)
    const isEdited = names.some((name) => start.get(name)?.equals(files.get(name) ?? Buffer.of()) === false)
    return !isEdited || !(await isGood(await destinationOf(files)))
  }

  expect(await isGood(await destinationOf(start))).toBe(true)
  await assert(asyncProperty(edit(), isNoticed), { numRuns: 2000 })
}, 60_000)
