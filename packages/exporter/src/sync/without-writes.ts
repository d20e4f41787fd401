import { memoryRecord, type Destination, type RecordStore } from '@ahi-dicom/export-files'

/**
 * Returns a destination that is read and never changed: not made, not locked, and its record is as it was. For a job that
 * only says what it would do.
 */
export function withoutWrites(destination: Destination): Destination {
  const { name, read, size, list } = destination
  return {
    name,
    open: async () => {},
    ...(read && { read: read.bind(destination) }),
    ...(size && { size: size.bind(destination) }),
    ...(list && { list: list.bind(destination) }),
    record: withoutChanges(destination.record),
    write: () => Promise.reject(new TypeError('Expected a job that writes nothing')),
    remove: async () => {},
    close: async () => {},
  }
}

/** What is written is kept in memory beside what is there. */
function withoutChanges(store: RecordStore): RecordStore {
  const changed = memoryRecord()
  return {
    lock: (options) => changed.lock(options),
    read: async (name, options) => (await changed.read(name, options)) ?? (await store.read(name, options)),
    append: async () => ({ append: async () => {}, flush: async () => {}, close: async () => {} }),
    write: (name, bytes) => changed.write(name, bytes),
    remove: (name) => changed.remove(name),
  }
}
