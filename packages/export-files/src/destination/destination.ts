import type { FileContent, ReadFileOptions } from './file-content.ts'
import type { FileWriter } from './file-writer.ts'
import type { PathMask } from './path-mask.ts'
import type { NamedRecord, RecordStore } from './record-store.ts'

/** The place an export is written to: a folder, a bucket, an archive or a server. */
export interface Destination extends FileWriter {
  /** Name of the destination in messages, such as the path of a folder. */
  readonly name: string
  /**
   * Creates the destination if it does not exist. A job calls this first. {@link check} and reading work without it.
   */
  open(options?: OpenDestinationOptions): Promise<void>
  /**
   * Checks that files can be written, and leaves nothing behind. Returns facts about the destination for the user, one
   * sentence each. A job calls this after {@link open}, before it selects anything. It must also work without `open`.
   * If absent, a successful `open` means that files can be written.
   *
   * @throws {OutputError} if files cannot be written. If the signal is aborted, throws its reason.
   */
  check?(options?: CheckDestinationOptions): Promise<readonly string[]>
  /** Uses that this destination does not support, each with the reason. If absent, it supports all of them. */
  readonly cannot?: DestinationLimits | undefined
  /**
   * Name of this writer, if several writers share the destination and each has its own record. Undefined if
   * {@link record} is the record without a name.
   */
  readonly writer?: string | undefined
  /**
   * Removes partly written files of an earlier run that was killed, also of the named writers with their files in
   * the staging folder. Leaves alone the files that other writers are writing. Called after the records are locked and
   * before anything is written. Absent if a killed run leaves no partly written files.
   */
  removeUnfinished?(options?: WritersOptions): Promise<void>
  /** Returns the content of a file, or undefined if it does not exist. Absent if files cannot be read back. */
  read?(path: string, options?: ReadFileOptions): Promise<FileContent | undefined>
  /**
   * Returns the size of a file in bytes, or undefined if it does not exist. Called for every recorded file at the end
   * of an export. If absent, {@link list} is called instead.
   */
  size?(path: string): Promise<number | undefined>
  /**
   * Moves a file from one path to another. Creates folders and replaces a file at `to`. Does nothing if `from` does not
   * exist. The move survives a power cut once {@link FileWriter.flush} of the new path has resolved. If absent, the
   * files of an image set with a new version are replaced one by one instead of all at the end.
   */
  move?(from: string, to: string): Promise<void>
  /**
   * Lists all files, including the record's files. If absent, a resumed export assumes that all recorded files exist.
   */
  list?(): AsyncIterable<ListedFile> | Iterable<ListedFile>
  /**
   * Returns true if an export with this record, or with the record of one of the named writers, wrote the file. The
   * destination knows it from metadata that it stores with each file. A resumed export calls this for every listed file
   * that its record does not name, to find files that a killed run wrote but did not record. Needs {@link list}. If
   * absent, the record notes each file before it is written, which may cost a request for each note.
   */
  isOwn?(path: string, options?: WritersOptions): Promise<boolean>
  /** Returns the free space, before or after {@link open}. Absent, or resolves with undefined, if it is not known. */
  free?(): Promise<FreeSpace | undefined>
  /** Stores the record of the export. */
  readonly record: RecordStore
  /**
   * Lists all records of the destination, including {@link record}. Exports that run at the same time have one each.
   * Verification reads all of them, and `mergeRecords` merges them into one. If absent, {@link record} is the only one.
   */
  records?(): AsyncIterable<NamedRecord> | Iterable<NamedRecord>
  /**
   * Identifies the destination in a record that is stored elsewhere, such as the URL of a server. An export does not
   * resume from the record of another destination. Must not contain a secret. Absent if the record lies in the
   * destination and moves with it.
   */
  readonly recordedAs?: string | undefined
  /**
   * Module that creates a {@link FileWriter} for this destination in another thread. If absent, this object writes all
   * files.
   */
  readonly lane?: LaneModule | undefined
  /** Flushes, and releases all resources. The record of an export is closed before its destination. */
  close(options?: CloseDestinationOptions): Promise<void>
}

/** Uses that not every destination supports. `pictures`: files other than DICOM. `dicomdir`: a DICOMDIR. */
export type DestinationUse = 'resume' | 'sync' | 'verify' | 'pictures' | 'dicomdir'

/**
 * Reasons why a destination does not support a use. Each is the end of a sentence that says what to do instead, such as
 * `a ZIP is written in one go; export again with mode 'overwrite'`.
 */
export type DestinationLimits = Readonly<Partial<Record<DestinationUse, string>>>

/** Options of {@link Destination.removeUnfinished} and {@link Destination.isOwn}. */
export interface WritersOptions {
  /** Names of other writers of the destination whose records this process has locked. Default: none. */
  readonly writers?: readonly string[] | undefined
}

/** Options of {@link Destination.check}. */
export interface CheckDestinationOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of {@link Destination.close}. */
export interface CloseDestinationOptions {
  /**
   * True if the job ran to its end: something was selected, and all of it was written or recorded as failed. If false,
   * a destination that cannot be resumed removes what it has written, for example an unfinished ZIP. Default true.
   */
  readonly isFinished?: boolean | undefined
}

/** Options of {@link Destination.open}. */
export interface OpenDestinationOptions {
  /** Mask for paths in messages, so that they name no patient; see `maskPath`. Default: paths are shown unchanged. */
  readonly mask?: PathMask | undefined
  /**
   * Mode of the job. Says how to treat an earlier export. Needed by destinations that cannot be resumed. Default `new`.
   */
  readonly mode?: OutputMode | undefined
}

/**
 * Says how a job treats a destination that already holds an export.
 * - `new`: refuse it
 * - `resume`: write only the files that are missing
 * - `sync`: resume, and remove files of earlier versions of image sets
 * - `overwrite`: write all files again
 */
export type OutputMode = 'new' | 'resume' | 'sync' | 'overwrite'

/** Free space at a destination. */
export interface FreeSpace {
  readonly byteLength: number
  /** Number of files that can still be created. Undefined if it is not limited. */
  readonly files: number | undefined
  /** Allocation unit in bytes. The length of each file is rounded up to a multiple of it. */
  readonly blockByteLength: number
  /** Number of copies of each file that exist at the same time while an export runs. Default 1. */
  readonly copies?: number | undefined
}

/** A file that {@link Destination.list} yields. */
export interface ListedFile {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  readonly byteLength: number
  /** True for a symbolic link. Links in a destination are not followed. */
  readonly isLink?: boolean | undefined
}

/**
 * A module that creates an object in another thread. A destination's module exports `createFileWriter(options)`, a
 * format's module `createFormat(options)`, and a decoder's module `createFrameDecoder(options)`.
 */
export interface LaneModule {
  /** URL of the module, or a specifier that any module can import. */
  readonly module: string
  /** Argument of the exported function, copied to the other thread by structured clone. */
  readonly options: unknown
}
