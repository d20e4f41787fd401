import type { RecordStore } from '@ahi-dicom/export-files'

/** Makes the part of a record that is written by an archive, which `writing` gives, or throws if none is written. */
export function recordInWriting(writing: () => RecordStore): Pick<RecordStore, 'lock' | 'append' | 'write' | 'remove'> {
  return {
    lock: async (options) => writing().lock(options),
    append: async (name, keepBytes) => writing().append(name, keepBytes),
    write: async (name, bytes) => writing().write(name, bytes),
    remove: async (name) => writing().remove(name),
  }
}
