import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { readLines } from '../reading/read-lines.ts'
import { parseManifestLine } from './manifest-line.ts'
import { createFoldedPaths, type FoldedPaths } from './replaced-files.ts'

/** Options of {@link createOtherRecords}. */
export interface OtherRecordsOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
}

/** The files that other records of a destination name. They must not be removed. */
export interface OtherRecords extends Disposable {
  /** Returns true if any line of another record names the path. The first call reads the records. */
  name(path: string): Promise<boolean>
}

/** Creates the index for all other records of a destination, or only for the records of `writers`. */
export function createOtherRecords(
  destination: Destination,
  { signal, maxMemory }: OtherRecordsOptions,
  writers?: readonly string[],
): OtherRecords {
  const paths = createFoldedPaths({ maxMemory })
  let reading: Promise<void> | undefined

  async function read(): Promise<void> {
    for await (const { writer, record } of destination.records?.() ?? []) {
      const isAsked = writers === undefined ? writer !== destination.writer : writers.some((name) => name === writer)
      if (isAsked) await addPaths(paths, record, signal)
    }
  }

  return {
    async name(path) {
      await (reading ??= read())
      return paths.has(path)
    },
    [Symbol.dispose]: () => paths[Symbol.dispose](),
  }
}

async function addPaths(paths: FoldedPaths, record: RecordStore, signal: AbortSignal | undefined): Promise<void> {
  const content = (await record.read(recordNames.manifest, { signal })) ?? []
  for await (const { text, isComplete } of readLines(content)) {
    const line = isComplete ? parseManifestLine(text) : undefined
    if (line?.kind === 'file' || line?.kind === 'staged') paths.add(line.file.path)
  }
}
