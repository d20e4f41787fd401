import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { copied, exportAll, isGood, isSame } from '../../export-files/test/edited-export.ts'
import { edit, type Edit, type Files } from '../../export-files/test/edits.ts'
import { filesBelow, temporaryDirectory } from './temporary-directory.ts'

function filesOf(directory: string): Files {
  return new Map(filesBelow(directory).map((path) => [path, readFileSync(join(directory, path))]))
}

/** Makes a folder with files. */
function folderOf(files: Files, parent: string): string {
  const directory = mkdtempSync(join(parent, 'edited-'))
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), bytes)
  }
  return directory
}

test('after any edit in a folder, verification and a resumed export notice it or the files are right', async () => {
  using parent = temporaryDirectory()
  const [whole, half] = [join(parent.path, 'whole'), join(parent.path, 'half')]
  await exportAll(folderDestination({ directory: whole }), 'new')
  await exportAll(folderDestination({ directory: half }), 'new', 2)
  const [complete, incomplete] = [filesOf(whole), filesOf(half)]
  expect(await isGood(folderDestination({ directory: whole }))).toBe(true)
  expect(await isGood(folderDestination({ directory: half }))).toBe(false)

  async function isNoticed(start: Files, edits: readonly Edit[]): Promise<boolean> {
    const files = copied(start)
    for (const one of edits) one.apply(files)
    const directory = folderOf(files, parent.path)
    const destination = folderDestination({ directory })
    if ((await isGood(destination)) && !isSame(files, complete)) return false
    const isComplete = await exportAll(destination, 'resume')
    return !isComplete || !(await isGood(destination)) || isSame(filesOf(directory), complete)
  }

  const starts = constantFrom(complete, incomplete)
  const property = asyncProperty(starts, array(edit(), { minLength: 1, maxLength: 3 }), isNoticed)
  await assert(property, { numRuns: process.env['CI'] === undefined ? 30 : 200 })
}, 300_000)
