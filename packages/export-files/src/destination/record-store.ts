import type { FileContent, ReadFileOptions } from './file-content.ts'

/** Names of the files that a record consists of. No layout makes these names. */
export const recordNames = {
  manifest: 'manifest.ndjson',
  errors: 'errors.ndjson',
  warnings: 'warnings.ndjson',
  summary: 'summary.json',
  flushed: 'flushed.json',
  lock: '.ahi-dicom.lock',
} as const

/** Names that no layout makes: those of the record, and those that later versions may use. */
export const reservedNames: readonly string[] = [...Object.values(recordNames), 'export.json', '.ahi-dicom']

/** Holds the few files that an export keeps as its record, see {@link recordNames}. */
export interface RecordStore {
  /**
   * Claims the record for this run.
   *
   * @throws {OutputError} OUTPUT_LOCKED while another run holds it
   */
  lock(): Promise<RecordLock>
  /** The content of a file, or undefined if there is none. */
  read(name: string, options?: ReadFileOptions): Promise<FileContent | undefined>
  /** Opens a file that only grows after its first `keepBytes` bytes. The bytes that follow them are cut off. */
  append(name: string, keepBytes: number): Promise<RecordLog>
  /** Writes a file whole or not at all. It survives a power cut once the promise has resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Removes a file; does nothing if there is none. */
  remove(name: string): Promise<void>
}

/** The claim of one run on a record. */
export interface RecordLock {
  release(): Promise<void>
}

/** A file that only grows. */
export interface RecordLog {
  /** Appends a text whole or not at all. Called once at a time. */
  append(text: string): Promise<void>
  /** Makes what was appended before survive a power cut. May be called while a text is being appended. */
  flush(): Promise<void>
  close(): Promise<void>
}
