import { expect, test } from 'vitest'
import { createIdleBuffers } from '../src/memory/idle-buffers.ts'

const megabyte = 1 << 20

/** Returns a buffer with an identifying first byte. */
function marked(byteLength: number, mark: number): ArrayBuffer {
  return Uint8Array.from({ length: byteLength }, () => mark).buffer
}

function markOf(buffer: ArrayBuffer | undefined): number | undefined {
  return buffer === undefined ? undefined : new Uint8Array(buffer)[0]
}

test('keeps the newest buffers that fit, and no larger ones', () => {
  const idle = createIdleBuffers(4 * megabyte)
  for (let frame = 1; frame <= 9; frame += 1) idle.give(marked(megabyte, frame))
  const large = new ArrayBuffer(5 * megabyte)
  idle.give(large)
  expect([large.byteLength, idle.take(5 * megabyte)]).toEqual([0, undefined])
  expect(Array.from({ length: 5 }, () => markOf(idle.take(megabyte)))).toEqual([9, 8, 7, 6, undefined])
})

test('keeps buffers of several lengths and returns only the exact length', () => {
  const idle = createIdleBuffers(100)
  for (const byteLength of [10, 20, 30]) idle.give(marked(byteLength, byteLength))
  expect([15, 20, 20, 30, 10].map((byteLength) => markOf(idle.take(byteLength)))).toEqual([
    undefined,
    20,
    undefined,
    30,
    10,
  ])
})

test('frees buffers with the length that was given least recently', () => {
  const idle = createIdleBuffers(100)
  for (const byteLength of [30, 20, 30, 40]) idle.give(new ArrayBuffer(byteLength))
  expect([20, 30, 30, 40].map((byteLength) => idle.take(byteLength)?.byteLength)).toEqual([undefined, 30, 30, 40])
})

test('takes over the memory, so that it cannot be given twice', () => {
  const idle = createIdleBuffers(100)
  const buffer = marked(10, 7)
  idle.give(buffer)
  idle.give(buffer)
  expect(buffer.byteLength).toBe(0)
  expect([markOf(idle.take(10)), idle.take(10)]).toEqual([7, undefined])
})
