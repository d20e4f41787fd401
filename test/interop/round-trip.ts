import { basename, join } from 'node:path'
import { NothingToImportError, startEmulator, type DocumentForm, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type Exporter, type ExportSummary, type Selector } from '@ahi-dicom/exporter'
import { createFormats } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { readErrors, readManifest, readWarnings } from './export-journal.ts'

/** The exports that a file goes through. */
export type Kind = 'explicit' | 'stored' | 'png'

/** A DICOM file to import, or a folder of files that belong together. */
export interface SourceFile {
  /** Under which findings name it. */
  readonly name: string
  readonly original: string
  readonly kinds: readonly Kind[]
  /** Data store for the import. Default: a data store of HTJ2K, with documents of now. */
  readonly store?: StoreOptions | undefined
}

/** A data store that is not like most. */
export interface StoreOptions {
  readonly losslessStorageFormat?: 'HTJ2K' | 'JPEG_2000_LOSSLESS'
  readonly documentForm?: DocumentForm
}

/** One file that an export has written. */
interface Output {
  readonly kind: Kind
  readonly path: string
  readonly transferSyntaxUid: string
}

/** Failures and warnings of an export. */
interface ExportNotice {
  readonly kind: Kind
  readonly code: string
  readonly message: string
}

/** Import and exports of one file. */
export interface RoundTrip extends SourceFile {
  /** Why the data store did not take the file; `undefined` where it did. */
  readonly rejected: string | undefined
  /** Warnings of the import about an accepted file. */
  readonly importWarnings: readonly string[]
  readonly summaries: Readonly<Partial<Record<Kind, ExportSummary>>>
  readonly outputs: readonly Output[]
  readonly errors: readonly ExportNotice[]
  readonly warnings: readonly ExportNotice[]
}

interface Stage {
  readonly emulator: Emulator
  readonly exporter: Exporter
  readonly folder: string
}

interface Imported extends Pick<RoundTrip, 'rejected' | 'importWarnings'> {
  readonly datastoreId: string
  /** Image sets that only their id leads to. */
  readonly nonPrimary: readonly string[]
}

/** Imports each file into a separate data store of one emulator and exports it in every way. */
export async function roundTrips<Source extends SourceFile>(
  files: readonly Source[],
  folder: string,
): Promise<(RoundTrip & Source)[]> {
  await using emulator = await startEmulator({ data: join(folder, 'ahi') })
  await using exporter = createExporter(connection(emulator.endpoint))
  const results: (RoundTrip & Source)[] = []
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

async function roundTrip<Source extends SourceFile>(source: Source, stage: Stage): Promise<RoundTrip & Source> {
  const imported = await importSource(source, stage)
  const summaries: Partial<Record<Kind, ExportSummary>> = {}
  const outputs: Output[] = []
  const errors: ExportNotice[] = []
  const warnings: ExportNotice[] = []
  for (const kind of imported.rejected === undefined ? source.kinds : []) {
    const directory = join(stage.folder, kind)
    summaries[kind] = await exportKind(stage.exporter, imported.datastoreId, directory, kind)
    const others = imported.nonPrimary.map((imageSetId) => ({ imageSetId, directory: join(directory, imageSetId) }))
    for (const other of others) {
      await exportKind(stage.exporter, imported.datastoreId, other.directory, kind, [{ imageSetId: other.imageSetId }])
    }
    for (const written of [directory, ...others.map((other) => other.directory)]) {
      const files = await readManifest(written)
      outputs.push(...files.map((file) => ({ ...file, kind, path: join(written, file.path) })))
      errors.push(...(await readErrors(written)).map((line) => ({ ...line, kind })))
      warnings.push(...(await readWarnings(written)).map((line) => ({ ...line, kind })))
    }
  }
  const { rejected, importWarnings } = imported
  return { ...source, rejected, importWarnings, summaries, outputs, errors, warnings }
}

/** An import without any DICOM file is an error; one of several files reports it. */
async function importSource({ original, store = {} }: SourceFile, { emulator, folder }: Stage): Promise<Imported> {
  const { documentForm, losslessStorageFormat } = store
  const { datastoreId } = await emulator.createDatastore({ name: basename(folder), losslessStorageFormat })
  try {
    const { imageSets, rejected, warnings } = await emulator.importDicom(original, { datastoreId, documentForm })
    return {
      datastoreId,
      rejected: rejected[0]?.reason,
      importWarnings: warnings.map(({ message }) => message),
      nonPrimary: imageSets.filter(({ isPrimary }) => !isPrimary).map(({ imageSetId }) => imageSetId),
    }
  } catch (error) {
    if (!(error instanceof NothingToImportError)) throw error
    return { datastoreId, rejected: error.code, importWarnings: [], nonPrimary: [] }
  }
}

/** Exports a data store, or what the selectors name of it, in one way. */
export function exportKind(
  exporter: Exporter,
  datastoreId: string,
  directory: string,
  kind: Kind,
  selectors: readonly Selector[] | 'all' = 'all',
): Promise<ExportSummary> {
  const destination = folderDestination({ directory })
  const formats = createFormats([kind === 'png' ? 'png' : 'dcm'])
  const transferSyntax = kind === 'stored' ? 'stored' : 'explicit'
  return exporter.exportTo({ datastoreId, selectors, destination, formats, transferSyntax })
}
