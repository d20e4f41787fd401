import type { DocumentOptions } from './document-options.ts'

/** Options that say how a job works, and how much it may take of machine and network. */
export interface WorkOptions extends DocumentOptions {
  readonly concurrency?: number
  readonly threads?: number
  /** Bytes. */
  readonly maxMemory?: number
  /** Permissions of new files. They do not shape what is in them. */
  readonly mode?: number
}
