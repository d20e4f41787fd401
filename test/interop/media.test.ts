import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { verifyExport } from '@ahi-dicom/export-files'
import { createExporter, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './comparison.ts'
import { readManifest } from './export-journal.ts'
import { connection } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { mustSkip } from './tools.ts'

const requirements = {
  commands: ['dcmdump', 'gdcminfo', 'dciodvfy', 'dcmmkdir', 'dcmodify'],
  pythonModules: ['pydicom'],
  excuse: sharedFilesMissing(),
}

describe.skipIf(mustSkip('a DICOMDIR of real files', requirements))('a DICOMDIR of real files', () => {
  const kinds = ['IMAGE', 'PRIVATE', 'RT DOSE', 'RT PLAN', 'SR DOCUMENT', 'WAVEFORM']
  let folder: string
  let directory: string
  let summary: ExportSummary

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-'))
    directory = join(folder, 'media')
    await using emulator = await startEmulator({ data: join(folder, 'ahi') })
    const { datastoreId } = await emulator.createDatastore()
    await emulator.importDicom(sharedDicom, { datastoreId })
    await using exporter = createExporter(connection(emulator.endpoint))
    summary = await exporter.exportTo({
      datastoreId,
      selectors: 'all',
      nonPrimary: 'include',
      dicomdir: true,
      destination: folderDestination({ directory }),
    })
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('is read by pydicom, which finds every file, with the keys that the file has', async () => {
    expect(summary.errors).toEqual({})
    const paths = (await readManifest(directory)).map(({ path }) => path)
    const found = await runPython('media.py', [directory])
    expect(found).toMatchObject({ wrong: [], paths: paths.toSorted(), types: kinds })
    expect(paths.length).toBeGreaterThan(150)
  })

  test('verifies', async () => {
    const problems = []
    for await (const event of verifyExport(folderDestination({ directory }))) {
      if (event.kind === 'problem') problems.push(event)
    }
    expect(problems).toEqual([])
  })

  test.each(['dcmdump', 'gdcminfo', 'dciodvfy'])(
    '%s has nothing against it but values that files have',
    async (command) => {
      const lines = await complaintsOf(command, join(directory, 'DICOMDIR'))
      expect(lines.filter((line) => !aboutValues.test(line))).toEqual([])
    },
  )

  test('dcmtk takes it apart and adds a file to it', async () => {
    const more = join(directory, 'MORE')
    const [first] = await readManifest(directory)
    await copyFile(join(directory, first?.path ?? ''), more)
    await run('dcmodify', ['-nb', '-gin', more])
    await run('dcmmkdir', ['--append', '--invent', '-W', '+id', directory, '+D', join(directory, 'DICOMDIR'), 'MORE'])
    const found = await runPython('media.py', [directory])
    expect(found).toMatchObject({
      wrong: [],
      paths: [...(await readManifest(directory)).map(({ path }) => path), 'MORE'].toSorted(),
    })
  })
})

const run = promisify(execFile)

/** Complaints about values that files have as well, such as dates of ACR-NEMA. */
const aboutValues =
  /Illegal root for UID|invalid for this VR|dubious for this VR|invalid data values for Value Rep|attribute <Coding Scheme Designator>/u

async function complaintsOf(command: string, path: string): Promise<readonly string[]> {
  const options = { maxBuffer: 2 ** 28 }
  // It ends with 1 if it has found something.
  const { stdout, stderr } = await run(command, [path], options).catch((error: unknown) => answerOf(error))
  return `${stdout}\n${stderr}`.split('\n').filter((line) => /^(?:E:|W:|Error|Warning)/u.test(line))
}

function answerOf(error: unknown): { readonly stdout: string; readonly stderr: string } {
  if (error instanceof Error && 'stdout' in error && 'stderr' in error) {
    return { stdout: String(error.stdout), stderr: String(error.stderr) }
  }
  throw error
}
