import type { FileContent } from './file-content.ts'

/** One file of an export, on its way to a destination. */
export interface OutputFile {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  /** Name of the format that made it, such as `dcm` or `png`. */
  readonly format: string
  readonly mediaType: string
  /** Zero-based frame that the file shows, if it shows one frame only. */
  readonly frame?: number | undefined
  /** Content in order. A chunk is valid until the next one is asked for: write or copy it before. */
  readonly chunks: FileContent
}

/** Size and content of a file. */
export interface FileDigest {
  readonly byteLength: number
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string
}

/** A file that a destination holds. Its digest is taken from the bytes as they were written. */
export interface StoredFile extends FileDigest {
  readonly path: string
  /** What a server said of it. It is recorded with the file. */
  readonly answer?: DestinationAnswer | undefined
}

/** What a server said of a file that it took. Codes and UIDs only, no patient data. */
export interface DestinationAnswer {
  /** In the terms of the protocol, such as `0000` of C-STORE (PS3.4 Annex B.2.3) or `200` of HTTP. */
  readonly status: string
  /** Checksum that the server keeps of the file, in the form of its protocol, if that is not the SHA-256 of the file. */
  readonly checksum?: string | undefined
  /** Transfer syntax that the instance was sent in, if it is not that of the file. */
  readonly transferSyntaxUid?: string | undefined
  /** What the server warned of, in words for people. */
  readonly warning?: string | undefined
}

/** A file of an instance that a destination holds. */
export interface WrittenFile extends StoredFile {
  /** Name of the format that made it, such as `dcm` or `png`. */
  readonly format: string
  /** Zero-based frame that the file shows, if it shows one frame only. */
  readonly frame?: number | undefined
  /** Settings of that format. */
  readonly settings?: FormatSettings | undefined
}

/** What a format was made with, as far as it shapes the bytes of files: plain data that JSON keeps. */
export type FormatSettings = Readonly<Record<string, unknown>>

/** Options of {@link FileWriter.write}. */
export interface WriteFileOptions {
  readonly signal?: AbortSignal | undefined
}

/** Writes files. The part of a destination that every lane (a thread that exports) has of its own. */
export interface FileWriter {
  /**
   * Writes one file whole or not at all. A file of the same path is replaced. Several files may be written at a time.
   *
   * @throws {OutputError} if the destination refuses the file; whatever `chunks` throws; the reason of the signal
   */
  write(file: OutputFile, options?: WriteFileOptions): Promise<StoredFile>
  /** Removes a file; does nothing if there is none. */
  remove(path: string): Promise<void>
  /**
   * Makes the files that this writer has written survive a power cut, and those of `others`, paths that another writer
   * wrote (in an earlier run, or in a lane that died). If it rejects, files may be lost: end the export. Absent if `write`
   * does this.
   */
  flush?(others?: Iterable<string>): Promise<void>
  /** Flushes, and gives everything back that the writer holds. The record of an export is closed before its destination. */
  close(): Promise<void>
}
