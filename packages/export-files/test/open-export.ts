import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createFormats, directoryEntry, openRecord, parseLayout, writeInstanceFiles } from '@ahi-dicom/export-files'
import type {
  Destination,
  ExportDescription,
  ExportRecord,
  Format,
  OutputMode,
  WriteInstanceOptions,
  WrittenFile,
} from '@ahi-dicom/export-files'
import { entryOf, keyOf } from './instance-double.ts'
import { recordMemory } from './record-memory.ts'

/** Options of {@link openExport}. */
export interface OpenExportOptions {
  readonly mode?: OutputMode
  readonly layout?: string
  readonly formats?: readonly Format[]
  readonly selection?: string
  readonly description?: ExportDescription
}

/** A running export. */
export interface OpenExport extends AsyncDisposable {
  readonly record: ExportRecord
  completed(instance: DicomInstance, versionId?: string): boolean
  write(instance: DicomInstance, options?: WriteInstanceOptions): Promise<readonly WrittenFile[]>
  /** Writes and records an instance. */
  export(instance: DicomInstance): Promise<readonly WrittenFile[]>
  /** Flushes the files, and writes the flushed note. */
  flush(): Promise<void>
}

export async function openExport(destination: Destination, options: OpenExportOptions = {}): Promise<OpenExport> {
  const { mode = 'new', formats = createFormats(['dcm']), selection, description } = options
  const layout = parseLayout(options.layout ?? '{SOPInstanceUID}')
  await destination.open({ mask: layout.mask })
  const record = await openRecord(destination, {
    mode,
    formats,
    layout,
    selection,
    description,
    maxMemory: recordMemory.bytes,
  })
  async function write(instance: DicomInstance, writing?: WriteInstanceOptions): Promise<readonly WrittenFile[]> {
    const stem = record.claim(layout.path(instance), keyOf(instance))
    return writeInstanceFiles({ instance, stem, hasExtension: layout.hasExtension }, formats, destination, writing)
  }
  return {
    record,
    completed(instance, versionId) {
      const key = keyOf(instance, versionId)
      return record.completed(key, record.claim(layout.path(instance), key)) !== undefined
    },
    write,
    async export(instance) {
      const files = await write(instance)
      const directory = options.description?.files.dicomdir === true ? directoryEntry(instance) : undefined
      await record.add(files.map((file) => ({ ...entryOf(instance, file), ...(directory && { directory }) })))
      return files
    },
    async flush() {
      const position = record.position()
      await destination.flush?.()
      await record.flushed(position)
    },
    async [Symbol.asyncDispose]() {
      await record.close()
      await destination.close()
    },
  }
}
