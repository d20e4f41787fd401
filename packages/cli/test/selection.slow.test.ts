import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseJsonLines, readJsonLines } from './support/export-folder.ts'
import { runCli, type CliOptions, type CliResult } from './support/run-cli.ts'

const report = '1.2.840.10008.5.1.4.1.1.88.11'
let emulator: Emulator
let folder: string
/** Image set ids by series. */
let ids: Readonly<Record<string, string>>

function idsOf(...series: readonly string[]): readonly string[] {
  return series.map((uid) => ids[uid] ?? '').toSorted()
}

function file(
  study: string,
  series: string,
  instance: string,
  attributes: Readonly<Record<string, string>>,
): Uint8Array {
  const uids = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance, SOPClassUID: report }
  return encodePart10({ attributes: { ...uids, PatientID: 'A', Modality: 'SR', StudyDate: '20240229', ...attributes } })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-selection-'))
  emulator = await startEmulator()
  await emulator.importDicom([
    file('1.2', '1.2.1', '1.2.1.1', { InstanceNumber: '1' }),
    file('1.2', '1.2.1', '1.2.1.2', { InstanceNumber: '2' }),
    file('1.2', '1.2.2', '1.2.2.1', { Modality: 'KO' }),
    file('1', '1.3.1', '1.3.1.1', { PatientID: 'B', StudyDate: '20250101' }),
  ])
  ids = Object.fromEntries(
    (await imageSets()).map(({ seriesInstanceUid, imageSetId }) => [seriesInstanceUid, imageSetId]),
  )
})
afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true })
})

async function imageSets(): Promise<ImageSetSummary[]> {
  const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
  await using client = createAhiClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  const found: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ datastoreId: emulator.datastoreId })) found.push(summary)
  return found
}

async function run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const env = { AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint, AHI_DATASTORE_ID: emulator.datastoreId }
  emulator.resetCounters()
  return await runCli([...args, '--no-progress'], { ...options, env })
}

function requests(operation: string): number {
  return Object.values(emulator.counters().requests[operation] ?? {}).reduce((sum, count) => sum + count, 0)
}

let exports = 0

/** Runs an export. Returns the SOPInstanceUIDs of its files. */
async function exported(args: readonly string[], options: CliOptions = {}): Promise<CliResult & { uids: string[] }> {
  const out = join(folder, `export-${(exports += 1)}`)
  const result = await run(['export', ...args, '--out', out], options)
  const manifest = result.exitCode === 3 ? [] : await readJsonLines(join(out, 'manifest.ndjson'))
  const files = manifest.filter(({ path }) => path !== undefined)
  return { ...result, uids: files.map(({ sopInstanceUid }) => String(sopInstanceUid)).sort() }
}

/** The files above. */
describe('filters', () => {
  test.each([
    [['--patient-id', 'B'], ['1.3.1']],
    [['--patient-id', 'B', '--patient-id', 'C'], ['1.3.1']],
    [['--patient-id', 'B*'], []],
    [
      ['--study-date', '20240101..20241231'],
      ['1.2.1', '1.2.2'],
    ],
    [
      ['--study-date', '2024-01-01-2024-12-31'],
      ['1.2.1', '1.2.2'],
    ],
    [['--study-date', '20240301..'], ['1.3.1']],
    [['--modality', 'KO,CT'], ['1.2.2']],
    [
      ['--sop-class', 'Basic Text SR Storage'],
      ['1.2.1', '1.2.2', '1.3.1'],
    ],
    [['--sop-class', 'CTImageStorage'], []],
    [
      ['--created-since', '2000-01-01', '--updated-since', '2000-01-01', '--all'],
      ['1.2.1', '1.2.2', '1.3.1'],
    ],
    [['--where', 'InstanceNumber=2'], ['1.2.1']],
    [['--where', 'Modality=SR', '--where', 'StudyDate<2025'], ['1.2.1']],
    [['--where', 'PatientID=?', '--exclude', 'PatientID=A'], ['1.3.1']],
    [['--exclude', '1.2/1.2.1', '--exclude', 'PatientID=B'], ['1.2.2']],
    [['1.2', '--modality', 'SR'], ['1.2.1']],
    [['--non-primary', 'only'], []],
    [['--study', '1.2', '--modality', 'KO'], ['1.2.2']],
  ])('%j', async (args, series) => {
    const search = await run(['search', ...args, '--json'])
    expect(
      parseJsonLines(search.stdout)
        .map(({ seriesInstanceUid }) => String(seriesInstanceUid))
        .toSorted(),
    ).toEqual(series)
    expect(search.exitCode).toBe(series.length === 0 ? 3 : 0)
  })

  test.each([
    [
      ['--study-date', '20240101..20241231'],
      ['1.2.1', '1.2.2'],
    ],
    [['--where', 'InstanceNumber=2'], ['1.2.1']],
    [['--study', '1.2', '--modality', 'KO'], ['1.2.2']],
    [['1.2/1.2.1', '--modality', 'KO'], []],
  ])('series %j names what export takes', async (args, series) => {
    const { exitCode, stdout } = await run(['series', ...args, '--ids'])
    const printed = stdout.split('\n').filter((line) => line !== '')
    expect({ exitCode, printed: printed.toSorted() }).toEqual({
      exitCode: series.length === 0 ? 3 : 0,
      printed: series.map((uid) => `1.2/${uid}`),
    })
  })

  test('select from the whole data store for an export', async () => {
    expect(await exported(['--where', 'InstanceNumber>1'])).toMatchObject({ exitCode: 0, uids: ['1.2.1.2'] })
    expect(await exported(['--patient-id', 'nobody'])).toMatchObject({ exitCode: 3 })
  })

  test('a search reads no document that it does not need', async () => {
    await run(['search', '--modality', 'KO'])
    expect([requests('SearchImageSets'), requests('GetImageSetMetadata')]).toEqual([1, 0])
    await run(['search', '--where', 'InstanceNumber=2'])
    expect([requests('SearchImageSets'), requests('GetImageSetMetadata')]).toEqual([1, 3])
  })
})

describe('lists', () => {
  test('a search gives the selectors of an export', async () => {
    const { stdout } = await run(['search', '--patient-id', 'A', '--ids'])
    expect(stdout.trim().split('\n').toSorted()).toEqual(idsOf('1.2.1', '1.2.2'))
    const { exitCode, uids } = await exported(['-'], { input: stdout })
    expect({ exitCode, uids }).toEqual({ exitCode: 0, uids: ['1.2.1.1', '1.2.1.2', '1.2.2.1'] })
  })

  test('files and standard input have comments and empty lines', async () => {
    const list = join(folder, 'list.txt')
    await writeFile(list, '\uFEFF# studies\r\n\r\n1.2/1.2.2   # the note\r\n')
    const input = `\n  # image sets\n ${ids['1.3.1']}\t# one\n`
    const { exitCode, uids } = await exported([`@${list}`, '-', '1.2/1.2.1/1.2.1.1', '-'], { input })
    expect({ exitCode, uids }).toEqual({ exitCode: 0, uids: ['1.2.1.1', '1.2.2.1', '1.3.1.1'] })
  })

  test('named pipes are read', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const [{ uids }] = await Promise.all([exported([`@${pipe}`]), writeFile(pipe, '1.2/1.2.2\n')])
    expect(uids).toEqual(['1.2.2.1'])
  })

  test('files of Windows are read', async () => {
    const list = join(folder, 'utf-16.txt')
    await writeFile(list, '\uFEFF1.2/1.2.2 # für später\r\n', 'utf16le')
    expect((await exported([`@${list}`])).uids).toEqual(['1.2.2.1'])
  })

  test('lines that select nothing are named, and the rest is exported', async () => {
    const { exitCode, uids } = await exported(['-'], { input: '9.9\n1\n1//2\n' })
    expect({ exitCode, uids }).toEqual({ exitCode: 1, uids: ['1.3.1.1'] })
    const errors = await readJsonLines(join(folder, `export-${exports}`, 'errors.ndjson'))
    expect(
      errors.map(({ code, message }) => `${String(code)} ${/'(.*?)'/.exec(String(message))?.[1]}`).toSorted(),
    ).toEqual(['NOTHING_SELECTED 9.9', 'SELECTOR_MALFORMED 1//2'])
    expect((await exported(['-'], { input: '9.9\n/\n' })).exitCode).toBe(3)
    expect((await run(['plan', '-'], { input: '9.9\n/\n' })).exitCode).toBe(3)
    expect((await exported(['-'], { input: '# nothing\n' })).exitCode).toBe(3)
  })

  test('malformed lines are named with their numbers and lists', async () => {
    const list = join(folder, 'faulty.txt')
    await writeFile(list, '\uFEFF# studies\r\n\r\n1/2/3/4\r\n1\r\n')
    const { exitCode, stderr } = await run(['search', `@${list}`, '-', '--ids'], { input: '# one\n1//2 # two\n' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`Cannot select '1/2/3/4' (line 3 of ${list}): it has more than three parts`)
    expect(stderr).toContain("Cannot select '1//2' (line 2 of standard input): one of its parts is empty")
  })

  test('comparisons and selectors of lists are left out', async () => {
    const list = join(folder, 'exclusions.txt')
    await writeFile(list, '# copies\r\nModality=KO # notes\r\n\r\n1\r\n')
    const { exitCode, uids } = await exported(['--all', '--exclude', `@${list}`, '--exclude', '-'], {
      input: '1.2/1.2.1/1.2.1.2\n',
    })
    expect({ exitCode, uids }).toEqual({ exitCode: 0, uids: ['1.2.1.1'] })
    await writeFile(list, '1.2\nModalty=KO\n')
    const malformed = await run(['search', '--exclude', `@${list}`])
    expect(malformed).toMatchObject({ exitCode: 2, stdout: '' })
    expect(malformed.stderr).toContain(`Cannot exclude line 2 of ${list}: Cannot filter by 'Modalty=KO'`)
  })

  test('a long list is exported as a short one is', async () => {
    const lines = Array.from({ length: 25_000 }, (_, line) => (line % 2 === 0 ? '1.2' : '1.2/1.2.1'))
    const { exitCode, uids } = await exported(['-'], { input: lines.join('\n') })
    expect({ exitCode, uids }).toEqual({ exitCode: 0, uids: ['1.2.1.1', '1.2.1.2', '1.2.2.1'] })
    expect([requests('SearchImageSets'), requests('GetImageSetMetadata')]).toEqual([1, 2])
  })

  test('what a search shows of identifiers selects', async () => {
    expect((await run(['search', '1', ids['1.2.2'] ?? '', '--ids'])).stdout.trim().split('\n').toSorted()).toEqual(
      idsOf('1.3.1', '1.2.2'),
    )
    expect((await exported(['1'])).uids).toEqual(['1.3.1.1'])
  })
})

describe('--version', () => {
  test.each(['--version', '--version-id'])('%s takes an earlier version of an image set', async (option) => {
    const { exitCode, uids } = await exported([ids['1.3.1'] ?? '', option, '1'])
    expect({ exitCode, uids }).toEqual({ exitCode: 0, uids: ['1.3.1.1'] })
    const document = await run(['metadata', ids['1.3.1'] ?? '', `${option}=1`])
    expect(document.exitCode).toBe(0)
    expect((await exported([ids['1.3.1'] ?? '', option, '7'])).exitCode).toBe(3)
  })

  test('alone, it prints the version of the program', async () => {
    for (const args of [['--version'], ['-V'], ['datastores', '--version']]) {
      expect((await runCli(args)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    }
  })
})

test('help names the options', async () => {
  const { stdout } = await runCli(['export', '--help'])
  for (const option of ['--where', '--exclude', '--version <number>', '--non-primary', '@FILE']) {
    expect(stdout).toContain(option)
  }
  expect(stdout).not.toContain('--version-id')
  expect(stdout).not.toContain('--include-non-primary')
})
