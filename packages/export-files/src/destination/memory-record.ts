import { OutputError } from '../errors.ts'
import type { RecordLog, RecordStore } from './record-store.ts'

/**
 * Creates a record in memory, for a destination that cannot store one. It is lost when the process ends.
 *
 * @example
 * import { memoryRecord } from '@ahi-dicom/export-files'
 *
 * const unrecorded = { ...destination, record: memoryRecord() }
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination: unrecorded })
 * console.log(outcome) // complete
 */
export function memoryRecord(): RecordStore {
  const files = new Map<string, readonly Uint8Array[]>()
  let isLocked = false
  return {
    async lock() {
      if (isLocked)
        throw new OutputError('OUTPUT_LOCKED', 'Cannot export: another export uses this record', { path: '' })
      isLocked = true
      return {
        async release() {
          isLocked = false
        },
      }
    },
    read: async (name) => files.get(name),
    size: async (name) => files.get(name)?.reduce((sum, { byteLength }) => sum + byteLength, 0),
    async append(name, keepBytes) {
      const kept = Buffer.concat(files.get(name) ?? []).subarray(0, keepBytes)
      return growingFile(kept, (chunks) => files.set(name, chunks))
    },
    async write(name, bytes) {
      files.set(name, [bytes.slice()])
    },
    async remove(name) {
      files.delete(name)
    },
  }
}

function growingFile(kept: Uint8Array, store: (chunks: readonly Uint8Array[]) => void): RecordLog {
  const chunks: Uint8Array[] = [kept]
  store(chunks)
  return {
    async append(text) {
      chunks.push(Buffer.from(text))
    },
    async flush() {},
    async close() {},
  }
}
