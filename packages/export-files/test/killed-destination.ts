import type { RecordLog, RecordStore } from '@ahi-dicom/export-files'
import type { MemoryDestination } from './memory-destination.ts'

/** Error of every operation after the process was killed. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** A destination that simulates a kill of its process. */
export interface KilledDestination {
  readonly destination: MemoryDestination
  /** Number of operations that changed something. */
  operations(): number
}

/**
 * Creates a destination that is killed after `last` operations that change something. If the next one is an append, the
 * file gets the first part of its text, with the share `torn` from 0 to 1.
 */
export function killedDestination(inner: MemoryDestination, last: number, torn = 0): KilledDestination {
  let done = 0

  function step(): void {
    if (done >= last) throw new Killed('killed')
    done += 1
  }

  async function append(log: RecordLog, text: string): Promise<void> {
    if (done === last && torn > 0) await log.append(text.slice(0, Math.floor(text.length * torn)))
    step()
    await log.append(text)
  }

  const store = inner.record
  const record: RecordStore = {
    ...store,
    // The lock ends with the process.
    lock: async () => ({ release: async () => {} }),
    async append(name, keepBytes) {
      step()
      const log = await store.append(name, keepBytes)
      return { ...log, append: (text) => append(log, text) }
    },
    async write(name, bytes) {
      step()
      await store.write(name, bytes)
    },
    async remove(name) {
      step()
      await store.remove(name)
    },
  }
  const destination: MemoryDestination = {
    ...inner,
    record,
    async write(file, options) {
      step()
      return await inner.write(file, options)
    },
    async remove(path) {
      step()
      await inner.remove(path)
    },
    async move(from, to) {
      step()
      await inner.move?.(from, to)
    },
  }
  return { destination, operations: () => done }
}
