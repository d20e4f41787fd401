import type { FileContent, ReadFileOptions } from './file-content.ts'
import type { FileWriter } from './file-writer.ts'
import type { PathMask } from './path-mask.ts'
import type { RecordStore } from './record-store.ts'

/** Where an export goes: a folder, a bucket, an archive, a server. */
export interface Destination extends FileWriter {
  /** What messages call it, such as the path of a folder. */
  readonly name: string
  /** Makes it, if it does not exist. Called first. */
  open(options?: OpenDestinationOptions): Promise<void>
  /**
   * Removes what an earlier run was writing when it was stopped. Called once the record is locked and before anything is
   * written. Absent if nothing can be left behind.
   */
  removeUnfinished?(): Promise<void>
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
  /** Returns the room that is left, before or after {@link open}. Absent, or undefined: not known. */
  free?(): Promise<FreeSpace | undefined>
  /** Where the record of the export lies. */
  readonly record: RecordStore
  /** How to make its {@link FileWriter} in another thread. Absent: this object writes all files. */
  readonly lane?: LaneModule | undefined
}

/** Options of {@link Destination.open}. */
export interface OpenDestinationOptions {
  /** How messages show paths, so that they name no patient; see `maskPath`. Default: as they are. */
  readonly mask?: PathMask | undefined
}

/** Room for files at a destination. */
export interface FreeSpace {
  readonly byteLength: number
  /** How many files there is room for. Undefined: any number. */
  readonly files: number | undefined
  /** Bytes that a file takes at least: its length is rounded up to a multiple of them. */
  readonly blockByteLength: number
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
