import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openGrowingObject } from '../src/record/growing-object.ts'
import type { RecordObjects, RecordPart } from '../src/record/record-objects.ts'

const noPace = { turn: async () => {}, hurry() {} }

/** Returns objects in memory. `onChange` is called after each request that changes one. */
function memoryObjects(onChange: () => void): RecordObjects & { content(): string } {
  const stored = new Map<string, Buffer>()
  const parts = (): readonly RecordPart[] =>
    [...stored]
      .map(([key, bytes]) => {
        const [generation = '', number = ''] = key.slice('log/'.length).split('-')
        return { key, byteLength: bytes.byteLength, generation: Number(generation), number: Number(number) }
      })
      .sort((a, b) => a.number - b.number)
  return {
    keyOf: (name) => name,
    parts: async () => parts(),
    olderParts: async () => [],
    read: async (key) => Readable.from([stored.get(key) ?? Buffer.alloc(0)]),
    size: async (key) => stored.get(key)?.byteLength,
    async put(key, content) {
      const chunks: Uint8Array[] = []
      for await (const chunk of content) chunks.push(chunk)
      stored.set(key, Buffer.concat(chunks))
      onChange()
    },
    async remove(key) {
      stored.delete(key)
      onChange()
    },
    content: () =>
      parts()
        .map(({ key }) => stored.get(key)?.toString() ?? '')
        .join(''),
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), length: fc.nat(200_000), letter: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('reopen' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
)

test('a file in parts has the content of a plain file, and at any time a beginning of it', async () => {
  const isAsFile = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
    let model = ''
    let next = ''
    let kept = 0
    const objects = memoryObjects(() => {
      const content = objects.content()
      const isBeginning = model.startsWith(content) && content.length >= kept
      if (!isBeginning && content !== next) throw new Error('the file is neither the old one nor the new one')
    })
    let log = await openGrowingObject(objects, 'log', { keepBytes: 0, pace: noPace })
    for (const one of steps) {
      if (one.kind === 'append') {
        next = model + one.letter.repeat(one.length)
        kept = model.length
        await log.append(next.slice(model.length))
      } else {
        await log.close()
        kept = Math.floor(model.length * one.share)
        next = model.slice(0, kept)
        log = await openGrowingObject(objects, 'log', { keepBytes: kept, pace: noPace })
      }
      model = next
      if (objects.content() !== model) return false
    }
    return true
  })
  const { failed, errorInstance: error } = await fc.check(isAsFile, { numRuns: 50 })
  expect([failed, error]).toEqual([false, null])
})

test('opening a file creates it, even if nothing is appended', async () => {
  const objects = memoryObjects(() => {})
  await openGrowingObject(objects, 'log', { keepBytes: 0, pace: noPace })
  expect(await objects.parts('log')).toHaveLength(1)
})
