import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import { mediaLayout } from '../layout/media-layout.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import { isFilePath } from '../record/safe-path.ts'
import { readSummary } from '../record/summary-file.ts'
import { openRecords } from '../verify/open-records.ts'
import { maskedFile } from '../verify/shown-path.ts'
import { readFailures, readWarnings, type FailureOfExport, type WarningOfExport } from './read-entries.ts'

/** Options of {@link readExport}. */
export interface ReadExportOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes of memory for what manifests say. What does not fit goes to a temporary database. Default 24 MiB. */
  readonly maxMemory?: number | undefined
}

/** A file of an export, as its record names it. */
export type FileOfExport = RecordedFile & {
  /** The path without the parts that may name a patient. It is the same as the path if there are none. */
  readonly shownPath: string
}

/** What an export consists of, by its records. Nothing of it is in memory. Dispose of it when it is of no more use. */
export interface ExportContents extends Disposable {
  readonly datastoreId: string | undefined
  /** When the export was started for the first time. ISO 8601, UTC. */
  readonly createdAt: string | undefined
  /** Outcomes of the last runs, one a record; undefined where a summary is missing or was changed. */
  readonly outcomes: readonly (string | undefined)[]
  /** Yields the files: the last line of each path, in the order of these lines. Files that wait for others are left out. */
  files(): AsyncIterable<FileOfExport>
  /** Tells whether lines of a manifest are damaged, or a manifest is gone: files may be missing from `files`. */
  isDamaged(): Promise<boolean>
  failures(): AsyncIterable<FailureOfExport>
  warnings(): AsyncIterable<WarningOfExport>
}

/**
 * Reads what an export consists of. It believes the record: `verifyExport` compares it with the files.
 *
 * @throws {OutputError} OUTPUT_NO_MANIFEST if there is no record; OUTPUT_DIFFERENT if it is that of an export to elsewhere
 * @example
 * import { readExport } from '@ahi-dicom/export-files'
 *
 * using contents = await readExport(exported)
 * for await (const { path, sha256 } of contents.files()) console.log(path, sha256)
 */
export async function readExport(
  destination: Destination,
  { signal, maxMemory }: ReadExportOptions = {},
): Promise<ExportContents> {
  const opened = await openRecords(destination, { signal, maxMemory })
  const records = opened.all
  try {
    const summaries = await Promise.all(records.map(({ record }) => readSummary(record)))
    const described = records.find(({ description }) => description !== undefined)?.description
    return {
      datastoreId: described?.datastoreId,
      createdAt: described?.createdAt,
      outcomes: summaries.map((found) => (found.kind === 'found' ? found.outcome : undefined)),
      async *files() {
        for (const { manifest, description } of records) {
          const isMedia = description?.files.layout === mediaLayout
          for await (const {
            line: _line,
            endOffset: _end,
            isFlushed: _flushed,
            isStaged,
            ...file
          } of manifest.files()) {
            signal?.throwIfAborted()
            if (isStaged || !isFilePath(file.path)) continue
            yield { ...file, shownPath: isMedia ? file.path : maskedFile(file) }
          }
        }
      },
      async isDamaged() {
        for (const { manifest, isGone } of records) {
          if (isGone) return true
          for await (const _line of manifest.damagedLines()) return true
        }
        return false
      },
      async *failures() {
        for (const { record } of records) yield* readFailures(record, recordNames.errors)
      },
      async *warnings() {
        for (const { record } of records) yield* readWarnings(record, recordNames.warnings)
      },
      [Symbol.dispose]: () => opened[Symbol.dispose](),
    }
  } catch (error) {
    opened[Symbol.dispose]()
    throw error
  }
}
