import type { FileContent, ReadFileOptions } from './file-content.ts'

/** Names of the files that a record consists of. No layout makes these names. */
export const recordNames = {
  manifest: 'manifest.ndjson',
  errors: 'errors.ndjson',
  warnings: 'warnings.ndjson',
  summary: 'summary.json',
  flushed: 'flushed.json',
  lock: '.ahi-dicom.lock',
  description: 'export.json',
  started: '.ahi-dicom.started',
} as const

/**
 * Folder where files of a new version of an image set wait until all of them are written. A path in it goes on with the
 * identifier of the image set and the path that the file will have.
 */
export const stagingFolder = '.ahi-dicom/staged'

/** Name of that folder in the one of a record. */
export const stagedName = 'staged'

/**
 * Path of the DICOMDIR of a media layout (PS3.10 8.6). It is a file of the export, and no instance: the manifest does not
 * name it.
 */
export const dicomdirPath = 'DICOMDIR'

/** Name of a page about the export, which may lie in it. It is made from the record and is no file of the export. */
export const pageName = 'index.html'

/** Names that no layout makes: the record uses them, or later versions may. */
export const reservedNames: readonly string[] = [...Object.values(recordNames), pageName, '.ahi-dicom']

/** Holds the few files that an export keeps as its record, see {@link recordNames}. */
export interface RecordStore {
  /**
   * Claims the record for this run. A claim may expire if the run that has it gives no sign for a while.
   *
   * @throws {OutputError} OUTPUT_LOCKED while another run holds it. A run that has lost its claim gets OUTPUT_LOST from
   *   the methods that change the record.
   */
  lock(options?: LockOptions): Promise<RecordLock>
  /** The content of a file, or undefined if there is none. */
  read(name: string, options?: ReadFileOptions): Promise<FileContent | undefined>
  /** Returns the size of a file in bytes, or undefined if there is none. Absent: a lost record shows at the end alone. */
  size?(name: string): Promise<number | undefined>
  /** Opens a file that only grows after its first `keepBytes` bytes. The bytes that follow them are cut off. */
  append(name: string, keepBytes: number): Promise<RecordLog>
  /** Writes a file whole or not at all. It survives a power cut once the promise has resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /** The same for a file that is too large for memory. Absent: {@link write} gets all bytes. */
  writeChunks?(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  /** Removes a file; does nothing if there is none. */
  remove(name: string): Promise<void>
}

/** One of the records of a destination. */
export interface NamedRecord {
  /** What stands before the names of its files in messages, such as `writers/north`. Empty for the record without a name. */
  readonly name: string
  /** Name of the writer that it is of. Undefined for the record without a name. */
  readonly writer?: string | undefined
  readonly record: RecordStore
}

/** Options of {@link RecordStore.lock}. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called if another run has claimed the record, and only time can tell whether it still runs. */
  readonly onWait?: ((wait: LockWait) => void) | undefined
}

/** Why a claim takes time. */
export interface LockWait {
  /** Names the other run and the longest wait. */
  readonly message: string
  readonly mostMs: number
}

/** The claim of one run on a record. */
export interface RecordLock {
  release(): Promise<void>
}

/** A file that only grows. */
export interface RecordLog {
  /** Resolves when it is time to append, so that what comes until then goes with it. Absent: it is at any time. */
  turn?(): Promise<void>
  /** Appends a text whole or not at all. Called once at a time. */
  append(text: string): Promise<void>
  /** Makes what was appended before survive a power cut. May be called while a text is being appended. */
  flush(): Promise<void>
  close(): Promise<void>
}
