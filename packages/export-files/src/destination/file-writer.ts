import type { FileContent } from './file-content.ts'

/** One file of an export that is to be written. */
export interface OutputFile {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  /** Name of the format that made it, such as `dcm` or `png`. */
  readonly format: string
  readonly mediaType: string
  /** Zero-based frame number, if the file shows a single frame. */
  readonly frame?: number | undefined
  /** Content in order. A chunk is valid until the next one is requested: write or copy it before that. */
  readonly chunks: FileContent
}

/** Size and checksum of a file. */
export interface FileDigest {
  readonly byteLength: number
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string
}

/** A file that a destination has stored. Size and checksum are computed from the bytes that were written. */
export interface StoredFile extends FileDigest {
  readonly path: string
  /** Answer of a server. It is recorded with the file. */
  readonly answer?: DestinationAnswer | undefined
}

/** Answer of a server that accepted a file. Codes and UIDs only, no patient data. */
export interface DestinationAnswer {
  /** Status of the protocol, such as `0000` of C-STORE (PS3.4 Annex B.2.3) or `200` of HTTP. */
  readonly status: string
  /**
   * Checksum that the server stores for the file, in the form of its protocol, if it is not the SHA-256 of the file.
   */
  readonly checksum?: string | undefined
  /** Transfer syntax that the instance was sent in, if it differs from the file's. */
  readonly transferSyntaxUid?: string | undefined
  /** Warning of the server, as text for the user. */
  readonly warning?: string | undefined
}

/** A stored file of an instance. */
export interface WrittenFile extends StoredFile {
  /** Name of the format that made it, such as `dcm` or `png`. */
  readonly format: string
  /** Zero-based frame number, if the file shows a single frame. */
  readonly frame?: number | undefined
  /** Settings of the format. */
  readonly settings?: FormatSettings | undefined
}

/** The options of a format that change the bytes of its files, as plain JSON data. */
export type FormatSettings = Readonly<Record<string, unknown>>

/** Options of {@link FileWriter.write}. */
export interface WriteFileOptions {
  readonly signal?: AbortSignal | undefined
}

/** Writes files. Each lane (a thread that exports) has its own writer for a destination. */
export interface FileWriter {
  /**
   * Writes one file whole or not at all, and replaces a file at the same path. May be called for several files at a
   * time.
   *
   * @throws {OutputError} if the destination refuses the file. Passes on errors of `chunks` and the reason of the
   *   signal.
   */
  write(file: OutputFile, options?: WriteFileOptions): Promise<StoredFile>
  /** Removes a file. Does nothing if it does not exist. */
  remove(path: string): Promise<void>
  /**
   * True if other writers may write the same files at the same time. The files of an item that failed then stay, because
   * another writer may have recorded them. `mergeRecords` removes those that no record names.
   */
  readonly isShared?: boolean | undefined
  /**
   * Makes the files of this writer survive a power cut, and also the files at the paths in `others`, which another
   * writer wrote in an earlier run or in a lane that died. If it rejects, files may be lost and the export must end.
   * Absent if `write` already does this.
   */
  flush?(others?: Iterable<string>): Promise<void>
  /** Flushes, and releases all resources. The record of an export is closed before its destination. */
  close(): Promise<void>
}
