import { OutputError, recordNames, type RecordLog, type RecordStore } from '@ahi-dicom/export-files'
import { openNamelessFile, type NamelessFile } from '../file/nameless-file.ts'

/** The record of an archive that is being written. It is kept in temporary files until the end of the export. */
export interface SpooledRecord extends RecordStore {
  /** Whether the record was ever locked. */
  readonly isUsed: boolean
  /** Returns the files to add to the archive, in order. */
  files(): Iterable<RecordFile>
  close(): Promise<void>
}

/** A file of a record that is not being written. */
interface RecordFile {
  readonly name: string
  readonly byteLength: number
  readonly chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>
}

/** Options of {@link createSpooledRecord}. */
export interface SpooledRecordOptions {
  /** Folder of temporary files. */
  readonly folder: string
  /** Called after text was written to a file, before `append` resolves. */
  readonly onAppended: (name: string, text: string) => void
  /** Called before the summary is written. Rejects if a file in the record could not be written into the archive. */
  readonly onSummary: () => Promise<void>
}

/** Files of the record that go into the archive. The others are needed only during the export. */
const kept = [
  recordNames.manifest,
  recordNames.errors,
  recordNames.warnings,
  recordNames.description,
  recordNames.summary,
]

/** Creates an empty record. */
export function createSpooledRecord({ folder, onAppended, onSummary }: SpooledRecordOptions): SpooledRecord {
  const written = new Map<string, Buffer>()
  const grown = new Map<string, NamelessFile>()
  let isLocked = false
  let isUsed = false

  function find(name: string): RecordFile | undefined {
    const file = grown.get(name)
    if (file !== undefined) return { name, byteLength: file.byteLength, chunks: () => file.read() }
    const bytes = written.get(name)
    return bytes && { name, byteLength: bytes.byteLength, chunks: () => [bytes] }
  }

  async function remove(name: string): Promise<void> {
    written.delete(name)
    const file = grown.get(name)
    grown.delete(name)
    await file?.close()
  }

  async function growing(name: string, keepBytes: number): Promise<NamelessFile> {
    const earlier = grown.get(name)
    if (earlier !== undefined) {
      await earlier.cut(keepBytes)
      return earlier
    }
    const file = await openNamelessFile(folder)
    await file.append((written.get(name) ?? Buffer.alloc(0)).subarray(0, keepBytes))
    written.delete(name)
    grown.set(name, file)
    return file
  }

  return {
    get isUsed() {
      return isUsed
    },
    async lock() {
      if (isLocked) {
        throw new OutputError('OUTPUT_LOCKED', 'Cannot export: another export uses this archive', { path: '' })
      }
      isLocked = true
      isUsed = true
      return {
        async release() {
          isLocked = false
        },
      }
    },
    read: async (name) => find(name)?.chunks(),
    size: async (name) => find(name)?.byteLength,
    async append(name, keepBytes): Promise<RecordLog> {
      const file = await growing(name, keepBytes)
      return {
        async append(text) {
          await file.append(Buffer.from(text))
          onAppended(name, text)
        },
        async flush() {},
        async close() {},
      }
    },
    async write(name, bytes) {
      if (name === recordNames.summary) await onSummary()
      await remove(name)
      written.set(name, Buffer.from(bytes))
    },
    remove,
    files: () => kept.flatMap((name) => find(name) ?? []),
    async close() {
      for (const file of grown.values()) await file.close()
      grown.clear()
    },
  }
}
