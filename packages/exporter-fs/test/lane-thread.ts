import { workerData } from 'node:worker_threads'
import type { FileWriter, OutputFile, StoredFile } from '@ahi-dicom/export-files'

/** Data for this thread: the lane of a destination, and files to write. */
export interface LaneTask {
  readonly module: string
  readonly options: unknown
  readonly files: readonly (Omit<OutputFile, 'chunks'> & { readonly chunks: readonly Uint8Array[] })[]
}

/** Runs in a thread of lane.test.ts. Writes the files with the writer of the lane, and prints the stored files. */
const { module, options, files }: LaneTask = workerData
const lane: { createFileWriter(options: unknown): FileWriter } = await import(module)
const writer = lane.createFileWriter(options)
const stored: StoredFile[] = []
for (const file of files) stored.push(await writer.write({ ...file, chunks: reused(file.chunks) }))
await writer.close()
process.stdout.write(JSON.stringify(stored))

/** Yields chunks that share one buffer, like a decoder's. */
function* reused(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  const memory = new Uint8Array(Math.max(0, ...chunks.map(({ byteLength }) => byteLength)))
  for (const chunk of chunks) {
    memory.fill(0xff)
    memory.set(chunk)
    yield memory.subarray(0, chunk.byteLength)
  }
}
