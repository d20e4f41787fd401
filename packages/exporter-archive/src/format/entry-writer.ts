import type { SpooledContent } from '../spool/spool.ts'

/** Encodes the entries of an archive, one after the other. */
export interface EntryWriter {
  /** The bytes of the archive. Read this stream while entries are added, because `add` waits for its reader. */
  readonly output: NodeJS.ReadableStream
  /** Adds an entry, and resolves when the stream accepts another one. */
  add(path: string, content: SpooledContent): Promise<void>
  /** Adds the end of the archive. */
  finish(): void
}

/** Metadata of all entries. */
export interface EntryOptions {
  /** Modification time. */
  readonly time: Date
  /** Whether a ZIP stores the time in UTC. If false, it stores the time in the time zone of this computer. */
  readonly isFixedTime: boolean
  /** Permissions of the unpacked files. */
  readonly mode: number
}

/** The time of entries in reproducible archives: the earliest time that a ZIP can store. */
export const fixedTime: Date = new Date(Date.UTC(1980, 0, 1))
