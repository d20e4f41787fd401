/**
 * Sends instances in a lane, which is a thread that exports. Each lane has separate associations.
 * @module
 */
import type { FileWriter, PathMask } from '@ahi-dicom/export-files'
import type { Peer } from './association/peer.ts'
import { createOpenCount } from './store/open-count.ts'
import { createStoreWriter } from './store/store-writer.ts'

/** Options of {@link createFileWriter}. */
export interface DimseLaneOptions {
  readonly peer: Peer
  readonly associations: number
  readonly repeatDelaysMs: readonly number[]
  /** Shared memory where all lanes count their open associations. */
  readonly countMemory: SharedArrayBuffer
  /** How messages show paths. Default: unchanged. */
  readonly mask?: PathMask | undefined
}

/**
 * Creates the writer of this thread.
 *
 * @example
 * import { workerData } from 'node:worker_threads'
 * import { createFileWriter, type DimseLaneOptions } from '@ahi-dicom/exporter-dimse/lane'
 *
 * const options: DimseLaneOptions = workerData // from the `lane` of the destination
 * const writer = createFileWriter(options)
 * const chunks = instance.part10()
 * await writer.write({ path: '1.2.3.dcm', format: 'dcm', mediaType: 'application/dicom', chunks })
 */
export function createFileWriter({ countMemory, mask = [], ...options }: DimseLaneOptions): FileWriter {
  return createStoreWriter({ ...options, openCount: createOpenCount(countMemory), mask: () => mask })
}
