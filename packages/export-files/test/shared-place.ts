import { memoryRecord, recordNames } from '@ahi-dicom/export-files'
import type { Destination, NamedRecord, RecordStore } from '@ahi-dicom/export-files'
import { recordFolderOf } from '@ahi-dicom/export-files/writers'
import { Killed } from './killed-destination.ts'
import { memoryDestination, type MemoryDestination } from './memory-destination.ts'

/** A destination in memory that several writers share. */
export interface SharedPlace {
  readonly files: MemoryDestination['files']
  /** Names of the writers with a record. */
  writers(): Promise<readonly string[]>
  /** Returns the destination of a writer. It is killed after `mostOperations` operations that change something. */
  destinationOf(writer?: string, mostOperations?: number): SharedDestination
  /** Names of writers whose runs go on. Their records stay locked. */
  readonly running: Set<string>
}

/** The shared destination for one writer. */
export interface SharedDestination extends Destination {
  /** Number of operations that changed something. */
  operations(): number
}

const staging = '.ahi-dicom/staged/'

export function sharedPlace(): SharedPlace {
  const inner = memoryDestination()
  const stores = new Map<string, RecordStore>()
  const running = new Set<string>()

  function storeOf(writer: string): RecordStore {
    const known = stores.get(writer) ?? memoryRecord()
    stores.set(writer, known)
    return known
  }

  async function writers(): Promise<readonly string[]> {
    const names: string[] = []
    for (const [writer, store] of stores) {
      const found = await Promise.all(Object.values(recordNames).map((name) => store.read(name)))
      if (writer !== '' && found.some((content) => content !== undefined)) names.push(writer)
    }
    return names.sort()
  }

  function destinationOf(writer?: string, mostOperations = Infinity): SharedDestination {
    let done = 0
    const step = (): void => {
      if (done >= mostOperations) throw new Killed('killed')
      done += 1
    }
    const own = recordFolderOf(writer)
    const fileOf = (path: string): string =>
      path.startsWith(staging) ? `${own}staged/${path.slice(staging.length)}` : path
    const recordOf = (name: string): RecordStore => ({
      ...storeOf(name),
      async lock() {
        // The lock ends with the process.
        return running.has(name) ? await lockedRecord.lock() : { release: async () => {} }
      },
      async append(file, keepBytes) {
        step()
        const log = await storeOf(name).append(file, keepBytes)
        return {
          ...log,
          async append(text) {
            step()
            await log.append(text)
          },
        }
      },
      async write(file, bytes) {
        step()
        await storeOf(name).write(file, bytes)
      },
      async remove(file) {
        step()
        await storeOf(name).remove(file)
      },
    })
    return {
      ...inner,
      ...(writer !== undefined && { writer }),
      operations: () => done,
      record: recordOf(writer ?? ''),
      async *records(): AsyncGenerator<NamedRecord> {
        yield { name: '', record: recordOf('') }
        for (const name of await writers()) yield { name: `writers/${name}`, writer: name, record: recordOf(name) }
      },
      async write(file, options) {
        step()
        return { ...(await inner.write({ ...file, path: fileOf(file.path) }, options)), path: file.path }
      },
      async remove(path) {
        step()
        await inner.remove(fileOf(path))
      },
      async move(from, to) {
        step()
        await inner.move?.(fileOf(from), fileOf(to))
      },
      flush: async (others = []) => await inner.flush?.(Array.from(others, fileOf)),
      read: async (path) => await inner.read?.(fileOf(path)),
      *list() {
        for (const file of inner.list()) {
          if (writer === undefined) yield file
          else if (file.path.startsWith(`${own}staged/`)) {
            yield { ...file, path: staging + file.path.slice(own.length + 'staged/'.length) }
          } else if (!file.path.startsWith(staging)) yield file
        }
      },
      async removeUnfinished({ writers: left = [] } = {}) {
        for (const path of inner.files.keys()) {
          if (left.some((name) => path.startsWith(`${recordFolderOf(name)}staged/`))) inner.files.delete(path)
        }
      },
    }
  }

  return { files: inner.files, writers, running, destinationOf }
}

const lockedRecord = memoryRecord()
await lockedRecord.lock()
