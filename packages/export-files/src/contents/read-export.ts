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
  /** Memory in bytes for the content of manifests. The rest goes to a temporary database. Default 24 MiB. */
  readonly maxMemory?: number | undefined
}

/** A recorded file of an export. */
export type FileOfExport = RecordedFile & {
  /** The path with `*` for each part that may name a patient. Equal to `path` if no part may. */
  readonly shownPath: string
}

/**
 * The content of an export, as its records list it. Read again at each use, not kept in memory. Dispose of it after
 * use.
 */
export interface ExportContents extends Disposable {
  readonly datastoreId: string | undefined
  /** Time of the first start of the export. ISO 8601, UTC. */
  readonly createdAt: string | undefined
  /** Outcome of the last run of each record. Undefined if its summary is missing or was changed. */
  readonly outcomes: readonly (string | undefined)[]
  /** Yields the files by the last line of each path, in the order of these lines. Skips files in the staging folder. */
  files(): AsyncIterable<FileOfExport>
  /** Returns true if a manifest is missing or has damaged lines. Then `files` may not yield all files. */
  isDamaged(): Promise<boolean>
  failures(): AsyncIterable<FailureOfExport>
  warnings(): AsyncIterable<WarningOfExport>
}

/**
 * Reads the content of an export from its record. It does not look at the files; `verifyExport` compares them with the
 * record.
 *
 * @throws {OutputError} OUTPUT_NO_MANIFEST if there is no record, OUTPUT_DIFFERENT if the record belongs to another
 *   destination
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
