import type { SpooledContent } from '../spool/spool.ts'

/** Writes entries into the stream of an archive, one after the other. */
export interface EntryWriter {
  /** The archive as it comes to be. It is read while entries are added: nobody reads ahead of it. */
  readonly output: NodeJS.ReadableStream
  /** Adds an entry, and resolves once the stream can take another one. */
  add(path: string, content: SpooledContent): Promise<void>
  /** Adds what the form of the archive has at its end. */
  finish(): void
}

/** How entries look. */
export interface EntryOptions {
  /** Time of all entries. */
  readonly time: Date
  /** Whether the time means the same everywhere; else it is shown in the time zone of this computer. */
  readonly isFixedTime: boolean
  /** Permissions of entries once they are unpacked. */
  readonly mode: number
}

/** The time of entries that are to be the same in each archive: the first one that a ZIP can have. */
export const fixedTime: Date = new Date(Date.UTC(1980, 0, 1))
