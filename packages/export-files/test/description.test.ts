import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  createFormats,
  describeFormats,
  OutputError,
  pngFormat,
  readDescription,
  recordNames,
  verifyExport,
} from '@ahi-dicom/export-files'
import type { DescribedFiles, Destination, ExportDescription } from '@ahi-dicom/export-files'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination, textOf } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'
import { recordMemory } from './record-memory.ts'

const files: DescribedFiles = {
  formats: describeFormats(createFormats(['dcm'])),
  transferSyntax: 'explicit',
  source: 'frames',
  headerOnly: false,
  layout: '{SOPInstanceUID}',
}
const description: ExportDescription = {
  product: { name: '@ahi-dicom/cli', version: '1.2.3' },
  datastoreId: '12345678901234567890123456789012',
  selection: { selectors: ['1.2.3'], filters: ['Modality=CT'], nonPrimary: 'exclude' },
  files,
}

async function exported(selection = description.selection): Promise<MemoryDestination> {
  const destination = memoryDestination()
  await using running = await openExport(destination, { description: { ...description, selection } })
  await running.export(instanceDouble())
  await running.flush()
  await running.record.finish({ isComplete: true })
  await running.record.close({ outcome: 'complete' })
  return destination
}

async function resume(
  destination: Destination,
  asked: ExportDescription,
  mode: 'new' | 'resume' | 'sync' | 'overwrite',
) {
  const running = await openExport(destination, { mode, description: asked })
  await running.record.close()
}

async function problemsOf(destination: Destination): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(destination, { maxMemory: recordMemory.bytes })) {
    if (event.kind === 'problem') problems.push(`${event.problem} ${event.path}`)
  }
  return problems
}

describe('the record of another destination', () => {
  const elsewhere = { ...description, destination: 'https://one.example' }

  test.each([
    [
      'of another server',
      elsewhere,
      { ...description, destination: 'https://two.example' },
      'https://one.example"; choose another place for the record',
    ],
    ['of a server, for files beside it', elsewhere, description, 'https://one.example"; choose another destination'],
    ['of files beside it, for a server', description, elsewhere, 'the place where it lies'],
  ])('is refused in each mode: %s', async (_, recorded, asked, owner) => {
    const destination = memoryDestination()
    await resume(destination, recorded, 'new')
    const before = await textOf(destination.record, recordNames.description)
    for (const mode of ['new', 'resume', 'sync', 'overwrite'] as const) {
      await expect(resume(destination, asked, mode)).rejects.toMatchObject({
        code: 'OUTPUT_DIFFERENT',
        message: expect.stringContaining(owner),
      })
    }
    expect(await textOf(destination.record, recordNames.description)).toBe(before)
    await resume(destination, recorded, 'resume')
  })

  test('cannot be verified, because its files are elsewhere', async () => {
    const destination = memoryDestination()
    await resume(destination, elsewhere, 'new')
    await expect(verifyExport(destination).next()).rejects.toMatchObject({
      code: 'OUTPUT_DIFFERENT',
      message: expect.stringContaining('the record of an export to "https://one.example", and no files'),
    })
  })
})

describe('export.json', () => {
  test('describes the export, and is written before the first file', async () => {
    const destination = memoryDestination()
    await using _running = await openExport(destination, { description })
    expect(destination.files.size).toBe(0)
    expect(await readDescription(destination.record)).toEqual({
      schemaVersion: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      ...description,
    })
  })

  test('describes formats by the options that change their files', () => {
    expect(describeFormats([pngFormat({ frames: [0, { from: 2, to: 4 }, 3], bits: 16 }), pngFormat()])).toEqual([
      { name: 'png', frames: '1,3-5', settings: { bits: 16 } },
      { name: 'png', frames: 'all', settings: {} },
    ])
  })

  test.each<readonly [string, Partial<DescribedFiles> & { readonly datastoreId?: string }]>([
    ['transferSyntax: recorded "explicit", asked "stored"', { transferSyntax: 'stored' }],
    ['source: recorded "frames", asked "instance"', { source: 'instance' }],
    ['headerOnly: recorded false, asked true', { headerOnly: true }],
    ['layout: recorded "{SOPInstanceUID}", asked "a/{SOPInstanceUID}"', { layout: 'a/{SOPInstanceUID}' }],
    ['formats: recorded ["dcm"], asked ["dcm","png"]', { formats: [{ name: 'png' }, { name: 'dcm' }] }],
    ['frames of dcm: recorded none, asked "2"', { formats: [{ name: 'dcm', frames: '2' }] }],
    ['bits of dcm: recorded none, asked 16', { formats: [{ name: 'dcm', settings: { bits: 16 } }] }],
  ])('refuses a run with other files: %s', async (difference, { ...other }) => {
    const destination = await exported()
    const before = await textOf(destination.record, recordNames.description)
    for (const mode of ['resume', 'sync'] as const) {
      const refusal = await resume(destination, { ...description, files: { ...files, ...other } }, mode).catch(
        (error: unknown) => error,
      )
      expect(refusal).toBeInstanceOf(OutputError)
      expect(refusal).toMatchObject({ code: 'OUTPUT_DIFFERENT', path: 'memory', fatal: true })
      expect(String(refusal)).toContain(difference)
      expect(String(refusal)).toContain("mode 'overwrite'")
    }
    expect(await textOf(destination.record, recordNames.description)).toBe(before)
    expect(await problemsOf(destination)).toEqual([])
    await resume(destination, { ...description, files: { ...files, ...other } }, 'overwrite')
    expect(await readDescription(destination.record)).toMatchObject({ files: { ...files, ...other } })
  })

  test('lists all differences, and refuses another data store', async () => {
    const asked = { ...description, datastoreId: 'f'.repeat(32), files: { ...files, headerOnly: true } }
    await expect(resume(await exported(), asked, 'resume')).rejects.toThrow(/datastoreId: .*; headerOnly: /)
  })

  test('adds another selection to those of earlier runs', async () => {
    const destination = await exported()
    const select = async (selection: ExportDescription['selection']): Promise<ExportDescription['selection']> => {
      await resume(destination, { ...description, selection }, 'resume')
      return (await readDescription(destination.record))?.selection
    }
    const chosen = { filters: ['Modality=CT'], nonPrimary: 'exclude' } as const
    const both = { ...chosen, selectors: ['1.2.3', '1.2.4'] }
    expect(await select({ ...chosen, selectors: ['1.2.4', '1.2.3'] })).toEqual(both)
    expect(await select(undefined)).toEqual(both)
    expect(await select({ ...chosen, selectors: 'all' })).toEqual({ ...chosen, selectors: 'all' })
    expect(await select({ ...chosen, selectors: ['1.2.5'] })).toEqual({ ...chosen, selectors: 'all' })
    const other = { filters: [], nonPrimary: 'include', selectors: ['1.2.5'] } as const
    expect(await select(other)).toEqual(other)
    const list = { ...other, selectors: { count: 7, sha256: 'ab' } }
    expect(await select(list)).toEqual(list)
  })

  const ofPatient = { selectors: 'all', filters: ['PatientID=7'], nonPrimary: 'exclude' } as const
  const ofAll = { ...ofPatient, filters: [] }
  const included = { ...ofAll, nonPrimary: 'include' } as const

  test.each([
    ['a part of it', ofAll, ofPatient],
    ['a study of it', ofAll, { ...ofPatient, selectors: ['1.2.3'] }],
    ['primary ones of it', included, ofAll],
  ])('keeps its selection when a run selects %s', async (_, recorded, asked) => {
    const destination = await exported(recorded)
    await resume(destination, { ...description, selection: asked }, 'resume')
    expect((await readDescription(destination.record))?.selection).toEqual(recorded)
  })

  test.each([
    ['other filters', ofPatient, { ...ofAll, filters: ['PatientID=8'] }, 'filters: recorded 1, asked 1'],
    ['a study without the filters', ofPatient, { ...ofAll, selectors: ['1.2.3'] }, 'filters: recorded 1, asked 0'],
    ['only primary image sets', included, ofAll, 'nonPrimary: recorded include, asked exclude'],
    ['only others', ofAll, { ...ofAll, nonPrimary: 'only' } as const, 'nonPrimary: recorded exclude, asked only'],
  ])('refuses a sync of %s', async (_, recorded, selection, difference) => {
    const destination = await exported(recorded)
    const before = await textOf(destination.record, recordNames.description)
    const syncing = resume(destination, { ...description, selection }, 'sync')
    await expect(syncing).rejects.toMatchObject({
      code: 'OUTPUT_DIFFERENT',
      message: expect.stringContaining(difference),
    })
    await expect(syncing).rejects.not.toThrow('PatientID')
    expect(await textOf(destination.record, recordNames.description)).toBe(before)
    await resume(destination, { ...description, selection }, 'resume')
  })

  test.each([
    ['everything', ofPatient, ofAll, ofAll],
    ['others, too', ofAll, included, included],
    ['a part of it', ofAll, ofPatient, ofAll],
    [
      'another study',
      { ...ofAll, selectors: ['1.2'] },
      { ...ofAll, selectors: ['1.3'] },
      { ...ofAll, selectors: ['1.2', '1.3'] },
    ],
  ])('allows a sync of %s', async (_, recorded, asked, after) => {
    const destination = await exported(recorded)
    await resume(destination, { ...description, selection: asked }, 'sync')
    expect((await readDescription(destination.record))?.selection).toEqual(after)
  })

  test('keeps the time when the export was started', async () => {
    const destination = await exported()
    const { createdAt } = (await readDescription(destination.record)) ?? {}
    await resume(destination, { ...description, product: { name: 'other', version: '2' } }, 'resume')
    expect(await readDescription(destination.record)).toMatchObject({ createdAt, product: { version: '2' } })
  })

  test('is written by the next run if an older version wrote none', async () => {
    const destination = memoryDestination()
    await using running = await openExport(destination)
    await running.export(instanceDouble())
    await running.record.close({ outcome: 'complete' })
    expect(await readDescription(destination.record)).toBeUndefined()
    await resume(destination, description, 'resume')
    expect(await readDescription(destination.record)).toMatchObject(description)
  })

  test('is compared even if the manifest is missing', async () => {
    const destination = await exported()
    await destination.record.remove(recordNames.manifest)
    const asked = { ...description, files: { ...files, headerOnly: true } }
    await expect(resume(destination, asked, 'resume')).rejects.toMatchObject({ code: 'OUTPUT_DIFFERENT' })
    await expect(resume(destination, asked, 'new')).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    const { createdAt } = (await readDescription(destination.record)) ?? {}
    await resume(destination, description, 'resume')
    expect(await readDescription(destination.record)).toMatchObject({ ...description, createdAt })
  })

  test('of a later version is refused, except in mode overwrite', async () => {
    const destination = await exported()
    const members = { schemaVersion: 2 }
    const sha256 = hash('sha256', JSON.stringify(members))
    const text = `${JSON.stringify({ ...members, sha256 }, undefined, 2)}\n`
    await destination.record.write(recordNames.description, Buffer.from(text))
    await expect(resume(destination, description, 'resume')).rejects.toThrow(
      /a later version made it \(schemaVersion: recorded 2, known 1\); use that version/,
    )
    await resume(destination, description, 'overwrite')
    expect(await readDescription(destination.record)).toMatchObject(description)
  })
})
