import type { FileContent, ReadFileOptions } from './file-content.ts'

/** Names of the files of a record. Layouts never make these names. */
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
 * Folder that holds the files of a new version of an image set until all of them are written. A path in it continues
 * with the identifier of the image set and the final path of the file.
 */
export const stagingFolder = '.ahi-dicom/staged'

/** Name of the staging folder inside the folder of a record. */
export const stagedName = 'staged'

/**
 * Path of the DICOMDIR of a media layout (PS3.10 8.6). It is a file of the export but not an instance, so the manifest
 * does not name it.
 */
export const dicomdirPath = 'DICOMDIR'

/** Name of a report page that may lie in the export. It is made from the record and is not a file of the export. */
export const pageName = 'index.html'

/** Names that layouts never make, because the record uses them or a later version may. */
export const reservedNames: readonly string[] = [...Object.values(recordNames), pageName, '.ahi-dicom']

/** Stores the files of a record, see {@link recordNames}. */
export interface RecordStore {
  /**
   * Locks the record for this run. The lock may expire if its run shows no sign of life for a while.
   *
   * @throws {OutputError} OUTPUT_LOCKED while another run holds the lock. After a run has lost its lock, the methods
   *   that change the record throw OUTPUT_LOST.
   */
  lock(options?: LockOptions): Promise<RecordLock>
  /** Returns the content of a file, or undefined if it does not exist. */
  read(name: string, options?: ReadFileOptions): Promise<FileContent | undefined>
  /**
   * Returns the size of a file in bytes, or undefined if it does not exist. If absent, the loss of a record is found
   * only at the end of the export.
   */
  size?(name: string): Promise<number | undefined>
  /** Opens a file for appending. Creates it if it does not exist, and truncates it to its first `keepBytes` bytes. */
  append(name: string, keepBytes: number): Promise<RecordLog>
  /** Writes a file whole or not at all. The file must survive a power cut once the promise has resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /**
   * Does the same as {@link write} for a file that may not fit into memory. If absent, `write` gets all bytes at once.
   */
  writeChunks?(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  /** Removes a file. Does nothing if it does not exist. */
  remove(name: string): Promise<void>
}

/** One of the records of a destination. */
export interface NamedRecord {
  /** Folder that messages put before the file names, such as `writers/north`. Empty for the record without a name. */
  readonly name: string
  /** Name of the writer that has this record. Undefined for the record without a name. */
  readonly writer?: string | undefined
  readonly record: RecordStore
}

/** Options of {@link RecordStore.lock}. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called if another run holds the lock, and waiting is the only way to find out whether it is still alive. */
  readonly onWait?: ((wait: LockWait) => void) | undefined
}

/** Tells why locking a record takes time. */
export interface LockWait {
  /** Names the other run and the longest wait. */
  readonly message: string
  /** Longest wait in milliseconds. */
  readonly mostMs: number
}

/** The lock of one run on a record. */
export interface RecordLock {
  release(): Promise<void>
}

/** A file that is only appended to. */
export interface RecordLog {
  /**
   * Resolves when the next text should be appended. Lines that arrive until then go into one call of `append`. If
   * absent, a text is appended at once.
   */
  turn?(): Promise<void>
  /** Appends a text whole or not at all. The next call follows after the promise has resolved. */
  append(text: string): Promise<void>
  /** Makes all appended text survive a power cut. May be called while another text is being appended. */
  flush(): Promise<void>
  close(): Promise<void>
}
