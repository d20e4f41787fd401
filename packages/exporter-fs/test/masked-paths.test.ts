import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseLayout, verifyExport } from '@ahi-dicom/export-files'
import type { FileWriter, OutputFile, VerificationEvent } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const layout = '{PatientName}/{StudyDate}/{SOPInstanceUID}'
/** Contains characters that are special in replacements and quotes. */
const folder = "O'BRIEN^$&^JANE/20260101"
const file: OutputFile = {
  path: `${folder}/1.2.3.4.5.dcm`,
  format: 'dcm',
  mediaType: 'application/dicom',
  chunks: [Buffer.from('text')],
}

/** Returns writers of a folder with the mask of a layout: one for the main thread, and one for a lane. */
async function writersOf(directory: string): Promise<readonly FileWriter[]> {
  const destination = folderDestination({ directory })
  await destination.open({ mask: parseLayout(layout).mask })
  const options: unknown = destination.lane?.options
  expect(options).toEqual({ directory, mask: ['{PatientName}', '{StudyDate}', null] })
  return [destination, createFileWriter({ directory, mask: parseLayout(layout).mask })]
}

async function failureOf(operation: Promise<unknown> | undefined): Promise<unknown> {
  try {
    await operation
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** Returns the error with its causes as text, as a debugger shows it. */
function shown(error: unknown): string {
  return inspect(error, { depth: 9, showHidden: true })
}

const faults: readonly [string, string, (directory: string) => void][] = [
  [
    'a file is in the place of the folder',
    'NOT_A_DIRECTORY',
    (directory) => writeFileSync(join(directory, "O'BRIEN^$&^JANE"), ''),
  ],
  [
    'a file is in the place of the second folder',
    'NOT_A_DIRECTORY',
    (directory) => {
      mkdirSync(join(directory, "O'BRIEN^$&^JANE"))
      writeFileSync(join(directory, folder), '')
    },
  ],
  [
    'a folder is in the place of the file',
    'NOT_A_FILE',
    (directory) => mkdirSync(join(directory, file.path), { recursive: true }),
  ],
  ['the folder is a link', 'LINK', (directory) => symlinkSync('/nowhere', join(directory, "O'BRIEN^$&^JANE"))],
]

describe('a path that names a patient', () => {
  test.each(faults)('is masked if %s', async (_, code, prepare) => {
    using directory = temporaryDirectory()
    prepare(directory.path)
    for (const writer of await writersOf(directory.path)) {
      const error = await failureOf(writer.write(file))
      expect(error).toMatchObject({ code: `OUTPUT_${code}`, path: expect.stringContaining('{PatientName}') })
      expect(shown(error)).toContain(`${directory.path}/{PatientName}`)
      expect(shown(error)).not.toMatch(/BRIEN|JANE|20260101/)
      await writer.close()
    }
  })

  test('is masked if removing, flushing or reading fails', async () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, folder), { recursive: true })
    execFileSync('mkfifo', [join(directory.path, file.path)])
    const [destination] = await writersOf(directory.path)
    const errors = [await failureOf(destination?.flush?.([file.path]))]
    rmSync(join(directory.path, file.path))
    mkdirSync(join(directory.path, file.path))
    errors.push(await failureOf(destination?.remove(file.path)))
    const reader = folderDestination({ directory: directory.path })
    await reader.open({ mask: parseLayout(layout).mask })
    errors.push(await failureOf(reader.read?.(file.path)))
    for (const error of errors) {
      expect(shown(error)).toContain('{PatientName}/{StudyDate}/1.2.3.4.5.dcm')
      expect(shown(error)).not.toMatch(/BRIEN|JANE|20260101/)
    }
  })

  test('is masked if reading the size fails, even if the path of the folder is not normalised', async () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, file.path), { recursive: true })
    const destination = folderDestination({ directory: `${directory.path}/.` })
    await destination.open({ mask: parseLayout(layout).mask })
    const error = await failureOf(destination.size?.(file.path))
    expect(error).toMatchObject({ code: 'OUTPUT_NOT_A_FILE' })
    expect(shown(error)).toContain('{PatientName}/{StudyDate}/1.2.3.4.5.dcm')
    expect(shown(error)).not.toMatch(/BRIEN|JANE|20260101/)
  })

  test('is masked if the name is too long for the file system', async () => {
    using directory = temporaryDirectory()
    for (const writer of await writersOf(directory.path)) {
      const error = await failureOf(writer.write({ ...file, path: `${'JANE'.repeat(99)}/20260101/1.2.3.dcm` }))
      expect(error).toMatchObject({ code: 'OUTPUT_FAILED', message: expect.stringContaining('ENAMETOOLONG') })
      expect(shown(error)).not.toMatch(/JANE|20260101/)
      await writer.close()
    }
  })

  test('is not masked if the layout consists of UIDs', async () => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'a'), '')
    const destination = folderDestination({ directory: directory.path })
    await destination.open({ mask: parseLayout().mask })
    const error = await failureOf(destination.write({ ...file, path: 'a/b/c.dcm' }))
    expect(error).toMatchObject({ path: join(directory.path, 'a/b/c.dcm') })
    expect(destination.lane?.options).toEqual({ directory: directory.path })
  })

  test('is complete in the manifest, and masked in the results of a verification', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    const attributes = { PatientName: 'DOE^JANE', StudyDate: '20260101' }
    const running = await openExport(destination, { layout: '{PatientName}/{StudyDate}' })
    const [written] = await running.export(instanceDouble({ sopInstanceUid: '1.2.840.1', attributes }))
    await running.export(instanceDouble({ sopInstanceUid: '1.2.840.2', attributes }))
    await running.flush()
    await running.record.close({ outcome: 'complete' })
    const path = written?.path ?? ''
    expect(path).toMatch(/^DOE\^JANE\/20260101-[0-9a-f]{8}\.dcm$/)
    expect(readFileSync(join(directory.path, 'manifest.ndjson'), 'utf8')).toContain(path)
    rmSync(join(directory.path, path))
    writeFileSync(join(directory.path, 'DOE^JANE/notes.txt'), '')
    writeFileSync(join(directory.path, 'DOE^JANE.dcm'), '')
    const found: VerificationEvent[] = []
    for await (const event of verifyExport(destination)) if (event.kind === 'problem') found.push(event)
    expect(found).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ problem: 'missing', path, shownPath: '*/*.dcm (SOP instance 1.2.840.1)' }),
        expect.objectContaining({ problem: 'unlisted', path: 'DOE^JANE/notes.txt', shownPath: '*/*' }),
        expect.objectContaining({ problem: 'unlisted', path: 'DOE^JANE.dcm', shownPath: '*.dcm' }),
      ]),
    )
    expect(found).toHaveLength(3)
  })

  test('is not masked by a verification if recorded paths consist of UIDs', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    const running = await openExport(destination, { layout: '{SOPInstanceUID}' })
    await running.export(instanceDouble({ sopInstanceUid: '1.2.840.1' }))
    await running.flush()
    await running.record.close({ outcome: 'complete' })
    writeFileSync(join(directory.path, '1.2.840.1.dcm'), 'x')
    writeFileSync(join(directory.path, 'notes.txt'), '')
    const shownPaths: string[] = []
    for await (const event of verifyExport(destination)) if (event.kind === 'problem') shownPaths.push(event.shownPath)
    expect(shownPaths).toEqual(['1.2.840.1.dcm', 'notes.txt'])
  })
})
