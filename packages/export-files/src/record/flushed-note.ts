import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { membersOf, parseJson } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'

/**
 * Returns how many bytes of the manifest are flushed, together with the files of these lines and their folders. Returns
 * Infinity if there is no note, because a run without notes flushes each file before it records it. Returns 0 if the
 * note is damaged.
 */
export async function readFlushedNote(store: RecordStore): Promise<number> {
  const content = await store.read(recordNames.flushed)
  if (content === undefined) return Infinity
  const { manifestBytes } = membersOf(parseJson(await readText(content)))
  return typeof manifestBytes === 'number' ? manifestBytes : 0
}

/** Writes a note of how many bytes of the manifest are flushed, together with their files. */
export async function writeFlushedNote(store: RecordStore, manifestBytes: number): Promise<void> {
  await store.write(recordNames.flushed, Buffer.from(`${JSON.stringify({ manifestBytes })}\n`))
}
