/**
 * Sends instances in a lane, a thread that exports, over associations of its own.
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
  /** Where all lanes count the associations that they have open. */
  readonly countMemory: SharedArrayBuffer
  /** How messages show paths. Default: as they are. */
  readonly mask?: PathMask | undefined
}

/** Makes the writer of this thread. */
export function createFileWriter({ countMemory, mask = [], ...options }: DimseLaneOptions): FileWriter {
  return createStoreWriter({ ...options, openCount: createOpenCount(countMemory), mask: () => mask })
}
