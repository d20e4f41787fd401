import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type Exporter, type ExportSummary } from '@ahi-dicom/exporter'
import { directorySink } from '@ahi-dicom/exporter-fs'

/** The three exports that every file goes through. */
export const KINDS = ['explicit', 'stored', 'png'] as const

export type Kind = (typeof KINDS)[number]

/** One file that an export has written. */
export interface Output {
  readonly kind: Kind
  readonly path: string
}

/** What became of one file between its import and its exports. */
export interface RoundTrip {
  /** Path relative to the folder of the files. */
  readonly name: string
  readonly original: string
  /** Reason codes of a file that the data store did not take. */
  readonly rejected: readonly string[]
  readonly summaries: Readonly<Partial<Record<Kind, ExportSummary>>>
  readonly outputs: readonly Output[]
  /** Lines of errors.ndjson. */
  readonly errors: readonly string[]
}

interface Stage {
  readonly emulator: Emulator
  readonly exporter: Exporter
  readonly folder: string
}

/** Imports each file into a data store of its own, in one emulator, and exports it in every way. */
export async function roundTrips(files: readonly string[], source: string, folder: string): Promise<RoundTrip[]> {
  await using emulator = await startEmulator({ data: join(folder, 'ahi') })
  await using exporter = createExporter(connection(emulator.endpoint))
  const results: RoundTrip[] = []
  const waiting = files.entries()
  const work = async (): Promise<void> => {
    for (const [index, name] of waiting) {
      const stage = { emulator, exporter, folder: join(folder, String(index)) }
      results[index] = await roundTrip(name, join(source, name), stage)
    }
  }
  await Promise.all([work(), work()])
  return results
}

/** How an exporter reaches an emulator. */
export function connection(endpoint: string): NonNullable<Parameters<typeof createExporter>[0]> {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
}

async function roundTrip(name: string, original: string, { emulator, exporter, folder }: Stage): Promise<RoundTrip> {
  const { datastoreId } = await emulator.createDatastore({ name: basename(folder) })
  const { rejected } = await emulator.importDicom(original, { datastoreId })
  const summaries: Partial<Record<Kind, ExportSummary>> = {}
  const outputs: Output[] = []
  const errors: string[] = []
  if (rejected.length === 0) {
    for (const kind of KINDS) {
      const directory = join(folder, kind)
      summaries[kind] = await exportKind(exporter, datastoreId, directory, kind)
      for (const path of await writtenPaths(directory)) outputs.push({ kind, path: join(directory, path) })
      errors.push(...(await lines(join(directory, 'errors.ndjson'))))
    }
  }
  return { name, original, rejected: rejected.map(({ code }) => code), summaries, outputs, errors }
}

/** Exports a whole data store in one way. */
export function exportKind(
  exporter: Exporter,
  datastoreId: string,
  directory: string,
  kind: Kind,
): Promise<ExportSummary> {
  const sink = directorySink({ directory, mode: 'new', formats: [kind === 'png' ? 'png' : 'dcm'] })
  return exporter.exportTo({ datastoreId, sink, transferSyntax: kind === 'stored' ? 'stored' : 'explicit' })
}

/** The paths in the manifest of an export, relative to its directory. */
export async function writtenPaths(directory: string): Promise<string[]> {
  return (await lines(join(directory, 'manifest.ndjson'))).map((line) => {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || !('path' in entry) || typeof entry.path !== 'string') {
      throw new TypeError(`The manifest of ${directory} has a line without a path: ${line}`)
    }
    return entry.path
  })
}

async function lines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}
