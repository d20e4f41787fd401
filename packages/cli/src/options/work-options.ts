import type { DocumentOptions } from './document-options.ts'

/** Options that limit the connections, threads and memory of a job. */
export interface WorkOptions extends DocumentOptions {
  readonly concurrency?: number
  readonly threads?: number
  /** Bytes. */
  readonly maxMemory?: number
}
