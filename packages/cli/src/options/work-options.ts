import type { DocumentOptions } from './document-options.ts'

/** Options that say how a job works, and how much it may take of machine and network. */
export interface WorkOptions extends DocumentOptions {
  readonly concurrency?: number
  readonly threads?: number
  /** Bytes. */
  readonly maxMemory?: number
}
