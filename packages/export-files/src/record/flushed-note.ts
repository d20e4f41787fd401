import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { membersOf, parseJson } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'

/**
 * Reads up to which byte of the manifest everything is flushed: the lines, their files, and the folders of the files.
 * Returns Infinity if there is no note: such a record was written by a run that flushed each file before it recorded it.
 * Returns 0 for a note that a crash has damaged.
 */
export async function readFlushedNote(store: RecordStore): Promise<number> {
  const content = await store.read(recordNames.flushed)
  if (content === undefined) return Infinity
  const { manifestBytes } = membersOf(parseJson(await readText(content)))
  return typeof manifestBytes === 'number' ? manifestBytes : 0
}

/** Notes up to which byte of the manifest everything is flushed. */
export async function writeFlushedNote(store: RecordStore, manifestBytes: number): Promise<void> {
  await store.write(recordNames.flushed, Buffer.from(`${JSON.stringify({ manifestBytes })}\n`))
}
