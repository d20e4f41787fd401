import { memoryRecord, type Destination, type RecordStore } from '@ahi-dicom/export-files'

/** Returns a destination that is read but never changed. It is not created and not locked. Used for dry runs. */
export function withoutWrites(destination: Destination): Destination {
  return {
    name: destination.name,
    cannot: destination.cannot,
    open: async () => {},
    ...(destination.read && { read: destination.read.bind(destination) }),
    ...(destination.size && { size: destination.size.bind(destination) }),
    ...(destination.list && { list: destination.list.bind(destination) }),
    record: withoutChanges(destination.record),
    write: () => Promise.reject(new TypeError('Expected a job that writes nothing')),
    remove: async () => {},
    close: async () => {},
  }
}

/** Keeps written files of the record in memory. */
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
