import { expect, test } from 'vitest'
import { createIdleBuffers } from '../src/memory/idle-buffers.ts'

const megabyte = 1 << 20

/** A buffer that its first byte tells from others. */
function marked(byteLength: number, mark: number): ArrayBuffer {
  return Uint8Array.from({ length: byteLength }, () => mark).buffer
}

function markOf(buffer: ArrayBuffer | undefined): number | undefined {
  return buffer === undefined ? undefined : new Uint8Array(buffer)[0]
}

test('keeps what has room, those that came last, and nothing of larger frames', () => {
  const idle = createIdleBuffers(4 * megabyte)
  for (let frame = 1; frame <= 9; frame += 1) idle.give(marked(megabyte, frame))
  const large = new ArrayBuffer(5 * megabyte)
  idle.give(large)
  expect([large.byteLength, idle.take(5 * megabyte)]).toEqual([0, undefined])
  expect(Array.from({ length: 5 }, () => markOf(idle.take(megabyte)))).toEqual([9, 8, 7, 6, undefined])
})

test('keeps buffers of several lengths and gives those of just the wanted one', () => {
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

test('frees buffers of the length that was not given for longest', () => {
  const idle = createIdleBuffers(100)
  for (const byteLength of [30, 20, 30, 40]) idle.give(new ArrayBuffer(byteLength))
  expect([20, 30, 30, 40].map((byteLength) => idle.take(byteLength)?.byteLength)).toEqual([undefined, 30, 30, 40])
})

test('takes the memory over, so that it is not given twice', () => {
  const idle = createIdleBuffers(100)
  const buffer = marked(10, 7)
  idle.give(buffer)
  idle.give(buffer)
  expect(buffer.byteLength).toBe(0)
  expect([markOf(idle.take(10)), idle.take(10)]).toEqual([7, undefined])
})
