import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipChunks } from '../src/volumes/gzip-chunks.ts'

/** Yields chunks that gzip cannot shrink, so that its buffers fill. Calls `onEnd` when it is closed. */
function* incompressible(onEnd: () => void): Generator<Uint8Array, void, undefined> {
  try {
    for (let index = 0; index < 4; index++) yield randomBytes(1 << 21)
  } finally {
    onEnd()
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

test('a reader that stops in the middle ends the compression and closes the source', async () => {
  let isClosed = false
  const reader = gzipChunks(incompressible(() => (isClosed = true)))
  await reader.next()
  // Longer work of the same kind: at its end, the buffers of the first stream are full.
  await promisify(gzip)(randomBytes(1 << 24))
  await reader.return()
  expect(isClosed).toBe(true)
})

function* failing(): Generator<Uint8Array, void, undefined> {
  yield randomBytes(1 << 20)
  throw new Error('a frame is missing')
}

test('an error of the source reaches the reader', async () => {
  await expect(readAll(gzipChunks(failing()))).rejects.toThrow('a frame is missing')
})

test('a chunk is compressed before the next one is requested', async () => {
  const memory = new Uint8Array(1 << 20)
  function* reused(): Generator<Uint8Array, void, undefined> {
    for (let value = 1; value <= 3; value++) yield memory.fill(value)
  }
  const bytes = gunzipSync(await readAll(gzipChunks(reused())))
  expect([0, 1, 2].map((index) => bytes[index * memory.length])).toEqual([1, 2, 3])
})
