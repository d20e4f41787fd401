import type { RecordStore } from '@ahi-dicom/export-files'

/** Returns the writing methods of a record. `writing` returns the record of the archive being written, or throws if none is. */
export function recordInWriting(writing: () => RecordStore): Pick<RecordStore, 'lock' | 'append' | 'write' | 'remove'> {
  return {
    lock: async (options) => writing().lock(options),
    append: async (name, keepBytes) => writing().append(name, keepBytes),
    write: async (name, bytes) => writing().write(name, bytes),
    remove: async (name) => writing().remove(name),
  }
}
