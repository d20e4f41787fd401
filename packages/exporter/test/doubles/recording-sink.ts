import { createHash } from 'node:crypto'
import type {
  ErrorEntry,
  ExportSummary,
  InstanceKey,
  InstanceSink,
  ManifestEntry,
  SinkInstance,
  WarningEntry,
} from '@ahi-dicom/exporter'

/** A sink in memory that remembers what it was told, in order. */
export interface RecordingSink extends InstanceSink {
  readonly events: string[]
  readonly files: Map<string, Uint8Array>
  readonly manifest: ManifestEntry[]
  readonly errors: ErrorEntry[]
  readonly warnings: WarningEntry[]
  readonly summaries: ExportSummary[]
}

/** What a test has the sink do. */
export interface SinkBehaviour {
  readonly completed?: (key: InstanceKey) => boolean
  /** Waits, or fails, before the instance is read. */
  readonly beforeWrite?: (instance: SinkInstance, signal: AbortSignal) => Promise<void>
  /** Waits, or fails, at every chunk. */
  readonly onChunk?: (chunk: Uint8Array, instance: SinkInstance) => Promise<void> | void
  readonly journal?: (entry: ManifestEntry) => Promise<void>
  readonly report?: (entry: ErrorEntry) => Promise<void>
}

export function recordingSink(behaviour: SinkBehaviour = {}): RecordingSink {
  const events: string[] = []
  const files = new Map<string, Uint8Array>()
  const manifest: ManifestEntry[] = []
  const errors: ErrorEntry[] = []
  const warnings: WarningEntry[] = []
  const summaries: ExportSummary[] = []
  return {
    events,
    files,
    manifest,
    errors,
    warnings,
    summaries,
    async open() {
      events.push('open')
    },
    completed: (key) => behaviour.completed?.(key) ?? false,
    async write(instance, { signal }) {
      await behaviour.beforeWrite?.(instance, signal)
      const chunks: Uint8Array[] = []
      for await (const chunk of instance.part10({ signal })) {
        await behaviour.onChunk?.(chunk, instance)
        chunks.push(chunk)
      }
      const file = Buffer.concat(chunks)
      const path = `${instance.sopInstanceUid}.dcm`
      files.set(path, file)
      events.push(`write ${instance.sopInstanceUid}`)
      return [{ path, format: 'dcm', byteLength: file.length, sha256: createHash('sha256').update(file).digest('hex') }]
    },
    async journal(entry) {
      await behaviour.journal?.(entry)
      events.push(`journal ${entry.sopInstanceUid}`)
      manifest.push(entry)
    },
    async report(entry) {
      await behaviour.report?.(entry)
      events.push(`report ${entry.code}`)
      errors.push(entry)
    },
    async warn(entry) {
      events.push(`warn ${entry.code}`)
      warnings.push(entry)
    },
    async close(summary) {
      events.push('close')
      summaries.push(summary)
    },
  }
}
