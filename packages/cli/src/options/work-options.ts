import type { DocumentOptions } from './document-options.ts'

/** Options that say how much a job may take of machine and network. */
export interface WorkOptions extends DocumentOptions {
  readonly concurrency?: number
  readonly threads?: number
  /** Bytes. */
  readonly maxMemory?: number
}
