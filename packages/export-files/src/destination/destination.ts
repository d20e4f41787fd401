import type { FileContent, ReadFileOptions } from './file-content.ts'
import type { FileWriter } from './file-writer.ts'
import type { PathMask } from './path-mask.ts'
import type { NamedRecord, RecordStore } from './record-store.ts'

/** Where an export goes: a folder, a bucket, an archive, a server. */
export interface Destination extends FileWriter {
  /** What messages call it, such as the path of a folder. */
  readonly name: string
  /** Makes it, if it does not exist. Called first, but by those that only {@link check} or read it. */
  open(options?: OpenDestinationOptions): Promise<void>
  /**
   * Finds out whether files can be written, and leaves nothing behind. A job asks after {@link open}, before it selects
   * anything. It may be asked of a destination that is not open. Returns what to know of the destination, for people: one
   * sentence each. Absent: opening it tells.
   *
   * @throws {OutputError} why files cannot be written; the reason of the signal
   */
  check?(options?: CheckDestinationOptions): Promise<readonly string[]>
  /** What this destination cannot do, and why: the end of a sentence that says what to do instead. Default: it can do all. */
  readonly cannot?: DestinationLimits | undefined
  /** Name of this writer, if several have a record each in the place. Undefined: {@link record} is the one without a name. */
  readonly writer?: string | undefined
  /**
   * Removes what an earlier run was writing when it was stopped, and what the named writers were, with their files that wait
   * in the staging folder. Called once the records are locked and before anything is written. What other writers are writing
   * stays. Absent if nothing can be left behind.
   */
  removeUnfinished?(options?: WritersOptions): Promise<void>
  /** The content of a file, or undefined if there is none. Absent if nothing can be read back. */
  read?(path: string, options?: ReadFileOptions): Promise<FileContent | undefined>
  /**
   * Returns the size of a file in bytes, or undefined if there is none. The end of an export asks for every recorded file.
   * Absent: {@link list} is asked instead.
   */
  size?(path: string): Promise<number | undefined>
  /**
   * Gives a file another path. A file of that path is replaced. Folders are made. Does nothing if there is no file `from`.
   * The file survives a power cut once {@link FileWriter.flush} of its new path has resolved. Absent: an image set of a new
   * version cannot be replaced as a whole.
   */
  move?(from: string, to: string): Promise<void>
  /** All files, those of the record included. Absent if they cannot be listed: what is recorded counts as there. */
  list?(): AsyncIterable<ListedFile> | Iterable<ListedFile>
  /**
   * Returns whether a file was written by an export with this record, or with that of one of the named writers, by what the
   * destination keeps beside each file. Such a destination needs no notes of files that are about to be written, each of which may cost it a request: files that a
   * stopped run has written and not recorded are found by this. Asked for files that no line of the record names, when an
   * earlier export is taken up. Needs {@link list}. Absent: the record notes files before they are written.
   */
  isOwn?(path: string, options?: WritersOptions): Promise<boolean>
  /** Returns the room that is left, before or after {@link open}. Absent, or undefined: not known. */
  free?(): Promise<FreeSpace | undefined>
  /** Where the record of the export lies. */
  readonly record: RecordStore
  /**
   * All records of the place, {@link record} among them: several exports that run at the same time have one each.
   * Verification takes all of them, and `mergeRecords` makes one of them. Absent: there is one.
   */
  records?(): AsyncIterable<NamedRecord> | Iterable<NamedRecord>
  /**
   * Which destination this is, for a record that lies elsewhere, such as the URL of a server: the record of another one is
   * not gone on with. No secret. Absent: the record lies in the destination and moves with it.
   */
  readonly recordedAs?: string | undefined
  /** How to make its {@link FileWriter} in another thread. Absent: this object writes all files. */
  readonly lane?: LaneModule | undefined
  /** As that of a writer. The record of an export is closed before its destination. */
  close(options?: CloseDestinationOptions): Promise<void>
}

/** What may be asked of a destination. `pictures`: files that are no DICOM. `dicomdir`: a DICOMDIR, which is no instance. */
export type DestinationUse = 'resume' | 'sync' | 'verify' | 'pictures' | 'dicomdir'

/**
 * Why a destination cannot be used in some way, such as `a ZIP is written in one go; export again with mode 'overwrite'`.
 */
export type DestinationLimits = Readonly<Partial<Record<DestinationUse, string>>>

/** Names other writers of the place whose records this process has locked. */
export interface WritersOptions {
  /** Default: none. */
  readonly writers?: readonly string[] | undefined
}

/** Options of {@link Destination.check}. */
export interface CheckDestinationOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of {@link Destination.close}. */
export interface CloseDestinationOptions {
  /**
   * Whether the job came to its end: something was selected, and all of it is written, or recorded as failed. If not, a
   * destination that cannot be resumed leaves nothing under its name. Default true.
   */
  readonly isFinished?: boolean | undefined
}

/** Options of {@link Destination.open}. */
export interface OpenDestinationOptions {
  /** How messages show paths, so that they name no patient; see `maskPath`. Default: as they are. */
  readonly mask?: PathMask | undefined
  /** What to do if there is an export already. A destination that cannot be resumed decides by it. Default `new`. */
  readonly mode?: OutputMode | undefined
}

/**
 * What to do with a destination that already holds an export: refuse it, go on with it, go on with it and leave nothing of
 * earlier versions of image sets, or start over in it.
 */
export type OutputMode = 'new' | 'resume' | 'sync' | 'overwrite'

/** Room for files at a destination. */
export interface FreeSpace {
  readonly byteLength: number
  /** How many files there is room for. Undefined: any number. */
  readonly files: number | undefined
  /** Bytes that a file takes at least: its length is rounded up to a multiple of them. */
  readonly blockByteLength: number
  /** How many copies of each file lie there at the same time while an export runs. Default 1. */
  readonly copies?: number | undefined
}

/** A file of {@link Destination.list}. */
export interface ListedFile {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  readonly byteLength: number
  /** Whether it is a link. Links in a destination are not followed. */
  readonly isLink?: boolean | undefined
}

/**
 * A module that makes an object in another thread. The module of a destination exports `createFileWriter(options)`, that
 * of a format `createFormat(options)`, that of a decoder `createFrameDecoder(options)`.
 */
export interface LaneModule {
  /** URL of the module, or a specifier that any module can import. */
  readonly module: string
  /** Argument of the maker. It is cloned into the other thread. */
  readonly options: unknown
}
