import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLines } from '../src/reading/read-lines.ts'

/** Yields a file in chunks that reuse the same memory. */
function* chunksOf(file: Uint8Array, size: number): Generator<Uint8Array> {
  const memory = new Uint8Array(size)
  for (let start = 0; start < file.byteLength; start += size) {
    const chunk = file.subarray(start, start + size)
    memory.set(chunk)
    yield memory.subarray(0, chunk.byteLength)
  }
}

test('lines do not depend on the chunks of the file', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\n'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      line,
      fc.integer({ min: 1, max: 40 }),
      async (lines, torn, size) => {
        const file = Buffer.from(lines.map((text) => `${text}\n`).join('') + torn)
        const read: { text: string; isComplete: boolean }[] = []
        let last = 0
        for await (const { number, text, bytes, isComplete, endOffset } of readLines(chunksOf(file, size))) {
          expect(number).toBe(read.length + 1)
          expect(Buffer.from(bytes)).toEqual(file.subarray(last, endOffset))
          read.push({ text, isComplete })
          last = endOffset
        }
        const complete = lines.map((text) => ({ text, isComplete: true }))
        expect(read).toEqual(torn === '' ? complete : [...complete, { text: torn, isComplete: false }])
      },
    ),
  )
})
