import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { StoredFile } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { LaneTask } from './lane-thread.ts'
import { filesBelow, temporaryDirectory } from './temporary-directory.ts'

async function writeInThread(directory: string, files: LaneTask['files']): Promise<readonly StoredFile[]> {
  const { lane } = folderDestination({ directory })
  if (lane === undefined) throw new TypeError('a folder has a lane')
  const worker = new Worker(new URL('lane-thread.ts', import.meta.url), {
    workerData: { ...lane, files } satisfies LaneTask,
    execArgv: ['--conditions=@ahi-dicom/source'],
    stdout: true,
  })
  const stored: StoredFile[] = JSON.parse(await text(worker.stdout))
  return stored
}

test('a lane writes files in another thread, from chunks whose memory is reused', async () => {
  using directory = temporaryDirectory()
  const sizes = [[], [4000], [1000, 524_288, 2], [20_000, 70_000, 200_000, 100_000, 300_000, 1]]
  const files = Array.from({ length: 150 }, (_, number) => ({
    path: `study/series-${number % 5}/${number}.dcm`,
    format: 'dcm',
    mediaType: 'application/dicom',
    chunks: (sizes[number % sizes.length] ?? []).map((size, i) => new Uint8Array(size).fill(number + i)),
  }))
  const stored = await writeInThread(directory.path, files)
  expect(stored).toEqual(
    files.map(({ path, chunks }) => {
      const bytes = Buffer.concat(chunks)
      return { path, byteLength: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    }),
  )
  for (const { path, chunks } of files) {
    expect(readFileSync(join(directory.path, path)).equals(Buffer.concat(chunks))).toBe(true)
  }
  expect(filesBelow(directory.path)).toHaveLength(files.length)
})
