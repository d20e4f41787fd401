import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NothingToImportError, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type Exporter, type ExportSummary } from '@ahi-dicom/exporter'
import { directorySink } from '@ahi-dicom/exporter-fs'

/** The three exports that every file goes through. */
const KINDS = ['explicit', 'stored', 'png'] as const

export type Kind = (typeof KINDS)[number]

/** A DICOM file to import. */
export interface SourceFile {
  /** Under which findings name it. */
  readonly name: string
  readonly original: string
}

/** One file that an export has written. */
interface Output {
  readonly kind: Kind
  readonly path: string
  readonly transferSyntaxUid: string
}

/** What became of one file between its import and its exports. */
export interface RoundTrip extends SourceFile {
  /** Why the data store did not take the file; `undefined` where it did. */
  readonly rejected: string | undefined
  readonly summaries: Readonly<Partial<Record<Kind, ExportSummary>>>
  readonly outputs: readonly Output[]
  /** Lines of errors.ndjson, each behind the name of the file and the kind of the export. */
  readonly errors: readonly string[]
}

interface Stage {
  readonly emulator: Emulator
  readonly exporter: Exporter
  readonly folder: string
}

/** Imports each file into a data store of its own, in one emulator, and exports it in every way. */
export async function roundTrips(files: readonly SourceFile[], folder: string): Promise<RoundTrip[]> {
  await using emulator = await startEmulator({ data: join(folder, 'ahi') })
  await using exporter = createExporter(connection(emulator.endpoint))
  const results: RoundTrip[] = []
  const waiting = files.entries()
  const work = async (): Promise<void> => {
    for (const [index, file] of waiting) {
      results[index] = await roundTrip(file, { emulator, exporter, folder: join(folder, String(index)) })
    }
  }
  await Promise.all([work(), work()])
  return results
}

/** How an exporter reaches an emulator. */
export function connection(endpoint: string): NonNullable<Parameters<typeof createExporter>[0]> {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
}

async function roundTrip({ name, original }: SourceFile, { emulator, exporter, folder }: Stage): Promise<RoundTrip> {
  const { datastoreId } = await emulator.createDatastore({ name: basename(folder) })
  const rejected = await reasonOfRejection(emulator, original, datastoreId)
  const summaries: Partial<Record<Kind, ExportSummary>> = {}
  const outputs: Output[] = []
  const errors: string[] = []
  if (rejected === undefined) {
    for (const kind of KINDS) {
      const directory = join(folder, kind)
      summaries[kind] = await exportKind(exporter, datastoreId, directory, kind)
      for (const { path, transferSyntaxUid } of await readManifest(directory)) {
        outputs.push({ kind, path: join(directory, path), transferSyntaxUid })
      }
      for (const line of await lines(join(directory, 'errors.ndjson'))) errors.push(`${name} (${kind}) ${line}`)
    }
  }
  return { name, original, rejected, summaries, outputs, errors }
}

/** An import of nothing but what is no DICOM is an error; one of several files reports it. */
async function reasonOfRejection(emulator: Emulator, path: string, datastoreId: string): Promise<string | undefined> {
  try {
    const { rejected } = await emulator.importDicom(path, { datastoreId })
    return rejected[0]?.reason
  } catch (error) {
    if (error instanceof NothingToImportError) return error.code
    throw error
  }
}

/** Exports a whole data store in one way. */
export function exportKind(
  exporter: Exporter,
  datastoreId: string,
  directory: string,
  kind: Kind,
): Promise<ExportSummary> {
  const sink = directorySink({ directory, mode: 'new', formats: [kind === 'png' ? 'png' : 'dcm'] })
  return exporter.exportTo({
    datastoreId,
    selectors: 'all',
    sink,
    transferSyntax: kind === 'stored' ? 'stored' : 'explicit',
  })
}

/** The lines of an export's manifest. */
export async function readManifest(directory: string): Promise<{ path: string; transferSyntaxUid: string }[]> {
  return (await lines(join(directory, 'manifest.ndjson'))).map((line) => {
    const entry: unknown = JSON.parse(line)
    if (isManifestLine(entry)) return entry
    throw new TypeError(`The manifest of ${directory} has a line without path or transferSyntaxUid: ${line}`)
  })
}

function isManifestLine(entry: unknown): entry is { path: string; transferSyntaxUid: string } {
  if (typeof entry !== 'object' || entry === null || !('path' in entry) || !('transferSyntaxUid' in entry)) return false
  return typeof entry.path === 'string' && typeof entry.transferSyntaxUid === 'string'
}

async function lines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}
