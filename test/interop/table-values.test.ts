import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { imageSetInstances, type AttributeMap } from '@ahi-dicom/ahi-metadata'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import {
  createExporter,
  encodeCsv,
  encodeNdjson,
  encodeParquet,
  tableColumns,
  type Exporter,
  type TableRow,
} from '@ahi-dicom/exporter'
import { writeAtomically } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connection } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { mustSkip } from './tools.ts'

const requirements = { pythonModules: ['pydicom', 'numpy', 'pyarrow'], excuse: sharedFilesMissing() }

describe.skipIf(mustSkip('tables against pydicom', requirements))('tables against pydicom', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tables-'))
    const files = join(folder, 'files')
    await mkdir(files)
    python('write', join(files, 'all-vrs.dcm'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('have every attribute as pydicom, pyarrow and the csv module of Python read it', async () => {
    await using emulator = await startEmulator({ data: join(folder, 'ahi') })
    for (const files of [sharedDicom, join(folder, 'files')]) await emulator.importDicom(files)
    await using exporter = createExporter(connection(emulator.endpoint))
    const { datastoreId } = emulator
    const columns = tableColumns({ columns: await allColumns(exporter, datastoreId) })
    const shape = { columns: columns.map(({ name }) => name) }
    const described = columns.map(({ name, type, isList }) => ({ name, type, isList, vr: vrOf(name) }))
    await writeFile(join(folder, 'columns.json'), JSON.stringify(described))
    const all: TableRow[] = []
    for await (const row of exporter.table({ datastoreId, selectors: 'all', ...shape })) all.push(row)
    for (const [form, encode] of Object.entries({ csv: encodeCsv, ndjson: encodeNdjson, parquet: encodeParquet })) {
      await writeAtomically(join(folder, `table.${form}`), encode(each(all), columns))
    }
    const { rows, differences } = JSON.parse(python('compare', folder, sharedDicom, join(folder, 'files')))
    expect(differences).toEqual({})
    expect(rows).toBeGreaterThan(100)
    expect(columns.length).toBeGreaterThan(1000)
  })
})

async function* each(rows: readonly TableRow[]): AsyncGenerator<TableRow> {
  yield* rows
}

function python(...args: readonly string[]): string {
  const script = join(import.meta.dirname, 'table_values.py')
  const { status, stdout, stderr } = spawnSync('python3', [script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Every attribute of the documents, those in the first level of sequences, and private ones by their creators as well. */
async function allColumns(exporter: Exporter, datastoreId: string): Promise<readonly string[]> {
  const names = new Set(['SOPInstanceUID'])
  for await (const { imageSetId } of exporter.listImageSets({ datastoreId })) {
    const metadata = await exporter.metadata({ datastoreId, imageSetId })
    for (const { patient, study, series, instance } of imageSetInstances(metadata)) {
      for (const level of [patient, study, series, instance.DICOM]) addNames(level, names)
    }
  }
  return tableNames(names)
}

function addNames(attributes: AttributeMap, names: Set<string>): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (isLeftOut(key)) continue
    names.add(key)
    const creator = attributes[`${key.slice(0, 4)}00${key.slice(4, 6)}`]
    if (/^...[13579BDF]1/.test(key) && typeof creator === 'string') {
      names.add(
        `(${key.slice(0, 4)},xx${key.slice(6)},${creator.includes(')') ? `"${creator.trim()}"` : creator.trim()})`,
      )
    }
    if (!Array.isArray(value) || /^[0-9A-F]{8}$/.test(key)) continue
    for (const item of value) {
      if (typeof item !== 'object' || item === null) continue
      for (const inner of Object.keys(item)) if (!isLeftOut(inner)) names.add(`${key}.${inner}`)
    }
  }
}

/** AHI writes its own file meta, and all text in UTF-8. */
function isLeftOut(key: string): boolean {
  return key === 'SpecificCharacterSet' || lookUpKeyword(key)?.tag.toString(16).length === 5
}

/** The name that a column gets from a tag may equal another column's name. */
function tableNames(names: ReadonlySet<string>): readonly string[] {
  return [...new Set(Array.from(names, (name) => tableColumns({ columns: [name] })[0].name))]
}

function vrOf(name: string): string | undefined {
  return lookUpKeyword(name.slice(name.lastIndexOf('.') + 1))?.vr
}
