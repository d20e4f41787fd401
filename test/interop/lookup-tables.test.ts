import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { createFormats } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './comparison.ts'
import { connection } from './round-trip.ts'
import { mustSkip } from './tools.ts'

/** A file of lookup_tables.py. */
interface TableFile {
  readonly path: string
  readonly uid: string
  readonly series: string
  readonly isBroken: boolean
  /** Which table, VR, packing and transfer syntax. Absent if broken. */
  readonly name?: string
  readonly levels?: readonly number[]
  readonly dcmtk?: readonly number[] | null
  readonly pydicom?: readonly number[] | null
}

const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)
const requirements = { pythonModules: ['pydicom', 'numpy', 'PIL'], commands: ['dcm2pnm'] }

/** Lookup tables in every packing and VR, through emulator and exporter, beside dcmtk, pydicom and numpy. */
describe.skipIf(mustSkip('lookup tables through emulator and exporter', requirements))(`tables of seed ${seed}`, () => {
  let folder: string
  let files: readonly TableFile[]
  const pictures = new Map<string, Uint8Array>()
  const warned = new Map<string, string>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lookup-tables-'))
    await mkdir(join(folder, 'in'))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
    files = (await runPython('lookup_tables.py', [join(folder, 'in'), String(seed), '150'])) as readonly TableFile[]
    const out = join(folder, 'out')
    await exportAll(join(folder, 'in'), { data: join(folder, 'ahi'), out })
    const written = (await linesOf(join(out, 'manifest.ndjson'))).filter(({ path }) => path !== undefined)
    const paths = written.map(({ path = '' }) => join(out, path))
    await writeFile(join(folder, 'pictures.txt'), paths.join('\n'))
    await runPython('png_samples.py', [join(folder, 'pictures.txt')])
    for (const [index, { sopInstanceUid = '' }] of written.entries()) {
      pictures.set(sopInstanceUid, new Uint8Array(await readFile(`${paths[index]}.samples`)))
    }
    for (const { code, seriesInstanceUid = '', message = '' } of await linesOf(join(out, 'warnings.ndjson'))) {
      if (code === 'PICTURE_ATTRIBUTE_INVALID') warned.set(seriesInstanceUid, message)
    }
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Names of files whose pictures differ from a program's by more than one level. */
  function differing(program: 'levels' | 'dcmtk' | 'pydicom'): readonly string[] {
    return files.flatMap((file) => {
      const expected = file[program]
      if (expected === undefined || expected === null) return []
      const samples = pictures.get(file.uid)
      const isEqual =
        samples?.length === expected.length &&
        expected.every((level, index) => Math.abs(level - (samples[index] ?? Infinity)) <= 1)
      return isEqual ? [] : [`${file.name}: ${file.path}`]
    })
  }

  test('show what numpy makes of their entries', () => {
    expect(files.filter(({ isBroken }) => !isBroken).length).toBeGreaterThan(80)
    expect(differing('levels')).toEqual([])
  })

  test('show what dcmtk makes of them', () => {
    expect(files.filter(({ dcmtk }) => dcmtk).length).toBeGreaterThan(25)
    expect(differing('dcmtk')).toEqual([])
  })

  test('show what pydicom makes of them', () => {
    expect(files.filter(({ pydicom }) => pydicom).length).toBeGreaterThan(0)
    expect(differing('pydicom')).toEqual([])
  })

  test('say so if they cannot be used, and say nothing otherwise', () => {
    expect(files.filter(({ isBroken, series }) => isBroken && !warned.has(series))).toEqual([])
    const needless = files.filter(({ isBroken, series }) => !isBroken && warned.has(series))
    expect(needless.map(({ name, path, series }) => `${name}: ${path}: ${warned.get(series)}`)).toEqual([])
  })
})

async function exportAll(input: string, { data, out }: { data: string; out: string }): Promise<void> {
  await using emulator = await startEmulator({ data })
  await using exporter = createExporter(connection(emulator.endpoint))
  const { datastoreId } = await emulator.createDatastore({ name: 'tables' })
  await emulator.importDicom(input, { datastoreId })
  const destination = folderDestination({ directory: out })
  await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats: createFormats(['png']) })
}

async function linesOf(path: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const text = await readFile(path, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
