import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { memoryRecord } from '@ahi-dicom/export-files'
import { copied, exportAll, isGood, isSame } from './edited-export.ts'
import { edit, namesOfRecord, type Edit, type Files } from './edits.ts'
import { memoryDestination, textOf, type MemoryDestination } from './memory-destination.ts'

async function filesOf({ files, record }: MemoryDestination): Promise<Files> {
  const all: Files = new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))
  for (const name of namesOfRecord) {
    const content = await record.read(name)
    if (content !== undefined) all.set(name, Buffer.from(await textOf(record, name)))
  }
  return all
}

async function destinationOf(files: Files): Promise<MemoryDestination> {
  const record = memoryRecord()
  const destination = memoryDestination(record)
  for (const [path, bytes] of files) {
    if (namesOfRecord.includes(path)) await record.write(path, bytes)
    else destination.files.set(path, bytes)
  }
  return destination
}

async function exported(failed?: number): Promise<Files> {
  const destination = memoryDestination()
  await exportAll(destination, 'new', failed)
  return filesOf(destination)
}

test('after any edit, verification reports a problem or the files are unchanged, and so does a resumed export', async () => {
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

test('verification notices an edit of a file of the record', async () => {
  const start = await exported()

  async function isNoticed(one: Edit): Promise<boolean> {
    const files = copied(start)
    one.apply(files)
    const isEdited = namesOfRecord.some((name) => start.get(name)?.equals(files.get(name) ?? Buffer.of()) === false)
    return !isEdited || !(await isGood(await destinationOf(files)))
  }

  expect(await isGood(await destinationOf(start))).toBe(true)
  await assert(asyncProperty(edit(), isNoticed), { numRuns: 2000 })
}, 60_000)
