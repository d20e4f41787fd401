import { createHash } from 'node:crypto'
import type {
  Destination,
  ErrorEntry,
  ExportSummary,
  InstanceFileEntry,
  RecordStore,
  WarningEntry,
} from '@ahi-dicom/exporter'
import { memoryRecord, recordNames, type OutputFile, type RecordLog } from '@ahi-dicom/export-files'

/** A destination in memory that records all calls in order. It has no lane, so exports run in the main thread. */
export interface RecordingDestination extends Destination {
  readonly events: string[]
  readonly files: Map<string, Uint8Array>
  /** Manifest lines about files, recorded by this run. */
  readonly manifest: InstanceFileEntry[]
  readonly errors: ErrorEntry[]
  readonly warnings: WarningEntry[]
  readonly summaries: ExportSummary[]
}

/** Hooks that control the destination. */
export interface DestinationBehaviour {
  /** Called before a file is read. May wait or fail. */
  readonly beforeWrite?: (file: OutputFile, signal: AbortSignal | undefined) => Promise<void>
  /** Called with every chunk. May wait or fail. */
  readonly onChunk?: (chunk: Uint8Array, file: OutputFile) => Promise<void> | void
  /** Called before a manifest line is recorded. May wait or fail. */
  readonly journal?: (entry: InstanceFileEntry) => Promise<void>
  readonly report?: (entry: ErrorEntry) => Promise<void>
  readonly warn?: (entry: WarningEntry) => Promise<void>
}

/** A layout that {@link uidOf} can read. */
export const flatLayout = '{SOPInstanceUID}'

/** Returns the SOPInstanceUID of a file in the flat layout. */
export function uidOf({ path }: Pick<OutputFile, 'path'>): string {
  return path.slice(0, path.lastIndexOf('.'))
}

/** Creates a destination. It may contain the files of an earlier export. */
export function recordingDestination(
  behaviour: DestinationBehaviour = {},
  earlier: Pick<RecordingDestination, 'files' | 'record'> = { files: new Map(), record: memoryRecord() },
): RecordingDestination {
  const events: string[] = []
  const manifest: InstanceFileEntry[] = []
  const errors: ErrorEntry[] = []
  const warnings: WarningEntry[] = []
  const summaries: ExportSummary[] = []
  const { files } = earlier
  const logs: Readonly<Record<string, (line: string) => Promise<void>>> = {
    async [recordNames.manifest](line) {
      const entry: InstanceFileEntry = JSON.parse(line)
      if (!('sha256' in entry)) return
      await behaviour.journal?.(entry)
      events.push(`journal ${entry.sopInstanceUid}`)
      manifest.push(entry)
    },
    async [recordNames.errors](line) {
      const entry: ErrorEntry = JSON.parse(line)
      await behaviour.report?.(entry)
      events.push(`report ${entry.code}`)
      errors.push(entry)
    },
    async [recordNames.warnings](line) {
      const entry: WarningEntry = JSON.parse(line)
      await behaviour.warn?.(entry)
      events.push(`warn ${entry.code}`)
      warnings.push(entry)
    },
  }
  const record = observedRecord(earlier.record, {
    onLine: async (name, line) => logs[name]?.(line),
    onWrite(name, text) {
      if (name !== recordNames.summary) return
      const { outcome }: { readonly outcome?: unknown } = JSON.parse(text)
      if (outcome !== 'unfinished') summaries.push(JSON.parse(text))
    },
  })
  return {
    name: 'memory',
    record,
    events,
    files,
    manifest,
    errors,
    warnings,
    summaries,
    async open() {
      events.push('open')
    },
    async write(file, { signal } = {}) {
      await behaviour.beforeWrite?.(file, signal)
      const chunks: Uint8Array[] = []
      for await (const chunk of file.chunks) {
        await behaviour.onChunk?.(chunk, file)
        chunks.push(chunk.slice())
      }
      const bytes = Buffer.concat(chunks)
      files.set(file.path, bytes)
      events.push(`write ${uidOf(file)}`)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { path: file.path, byteLength: bytes.length, sha256 }
    },
    async remove(path) {
      files.delete(path)
    },
    async read(path) {
      const bytes = files.get(path)
      return bytes && [bytes]
    },
    list: () => [...files].map(([path, { byteLength }]) => ({ path, byteLength })),
    async close() {
      events.push('close')
    },
  }
}

interface RecordObserver {
  readonly onLine: (name: string, line: string) => Promise<void>
  readonly onWrite: (name: string, text: string) => void
}

/** Returns a record that passes every line to a test. The test may refuse it. */
function observedRecord(record: RecordStore, { onLine, onWrite }: RecordObserver): RecordStore {
  return {
    ...record,
    async append(name, keepBytes): Promise<RecordLog> {
      const log = await record.append(name, keepBytes)
      return {
        ...log,
        async append(text) {
          for (const line of text.split('\n')) if (line !== '') await onLine(name, line)
          await log.append(text)
        },
      }
    },
    async write(name, bytes) {
      onWrite(name, Buffer.from(bytes).toString())
      await record.write(name, bytes)
    },
  }
}
