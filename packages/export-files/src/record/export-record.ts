import { recordNames } from '../destination/record-store.ts'
import type { RecordLock, RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import type { ErrorEntry, InstanceKey, ManifestEntry, WarningEntry } from './entries.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { openLineLog, reopenLineLog } from './line-log.ts'
import type { LineLog } from './line-log.ts'
import type { PathOwners } from './path-owners.ts'
import type { WrittenIndex } from './written-index.ts'

/** The record of an export while it runs: which files are written, and what failed. */
export interface ExportRecord extends AsyncDisposable {
  /** Returns whether all files of an instance are written and recorded, and were still there when the record was opened. */
  completed(key: InstanceKey): boolean
  /**
   * Returns the path without extension for an instance: `stem`, or `stem` with a short hash if another instance has that
   * path. An instance keeps its path when the record is resumed.
   */
  claim(stem: string, key: InstanceKey): string
  /** Records written files in `manifest.ndjson`. The lines of one call, and of others that wait, go into one write. */
  add(entries: readonly ManifestEntry[]): Promise<void>
  /** Records a failure in `errors.ndjson`, which holds those of this run. The first failure makes the file. */
  fail(entry: ErrorEntry): Promise<void>
  /**
   * Records a warning in `warnings.ndjson`. The first warning makes the file. A resumed record keeps the warnings of
   * earlier runs, since their instances are not written again.
   */
  warn(entry: WarningEntry): Promise<void>
  /** Returns the size of the manifest in bytes, for {@link flushed}. */
  position(): number
  /**
   * Notes that all files recorded before `position` survive a power cut, once the manifest does. Take the position before
   * the writers flush, and call this after all of them have.
   */
  flushed(position: number): Promise<void>
  /**
   * Returns the paths of recorded files that are not noted as flushed. If a lane ends without flushing, flush them by
   * another writer: `writer.flush(record.unflushedPaths())`.
   */
  unflushedPaths(): readonly string[]
  /** Flushes the record, writes `summary.json` if there is a summary, and gives the record back. */
  close(summary?: object): Promise<void>
}

/** Parts of an {@link ExportRecord}. */
export interface ExportRecordParts {
  readonly store: RecordStore
  readonly lock: RecordLock
  readonly manifest: LineLog
  readonly written: WrittenIndex
  readonly owners: PathOwners
  /** Whether files survive a power cut only once their writer has flushed. */
  readonly isFlushable: boolean
}

/** Files recorded up to a position of the manifest. */
interface UnflushedFiles {
  readonly paths: readonly string[]
  readonly position: number
}

/** Makes the record of an export from an opened manifest. */
export function createExportRecord(parts: ExportRecordParts): ExportRecord {
  const { store, lock, manifest, written, owners, isFlushable } = parts
  let unflushed: UnflushedFiles[] = []
  let errors: Promise<LineLog> | undefined
  let warnings: Promise<LineLog> | undefined
  let isClosed = false

  function requireOpen(): void {
    if (!isClosed) return
    throw new OutputError('OUTPUT_NOT_OPEN', 'Cannot record: the record is closed', { path: recordNames.manifest })
  }

  async function closeLogs(): Promise<void> {
    await manifest.close()
    await (await errors)?.close()
    await (await warnings)?.close()
  }

  async function close(summary?: object): Promise<void> {
    if (isClosed) return
    isClosed = true
    try {
      await closeLogs()
      if (summary !== undefined) await store.write(recordNames.summary, summaryBytes(summary))
    } finally {
      await lock.release()
    }
  }

  return {
    completed: (key) => written.has(key),
    claim: (stem, key) => owners.claim(stem, key),
    async add(entries) {
      requireOpen()
      await manifest.add(entries)
      for (const entry of entries) written.add(entry)
      if (isFlushable) unflushed.push({ paths: entries.map(({ path }) => path), position: manifest.byteLength() })
    },
    async fail(entry) {
      requireOpen()
      errors ??= openLineLog(store, recordNames.errors, 0)
      await (await errors).add([entry])
    },
    async warn(entry) {
      requireOpen()
      warnings ??= reopenLineLog(store, recordNames.warnings)
      await (await warnings).add([entry])
    },
    position: () => manifest.byteLength(),
    async flushed(position) {
      requireOpen()
      await manifest.flush()
      if (isFlushable) await writeFlushedNote(store, position)
      unflushed = unflushed.filter((files) => files.position > position)
    },
    unflushedPaths: () => unflushed.flatMap(({ paths }) => paths),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

function summaryBytes(summary: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(summary, undefined, 2)}\n`)
}
