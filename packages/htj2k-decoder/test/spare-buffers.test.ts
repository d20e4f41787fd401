import { expect, test } from 'vitest'
import { createSpareBuffers } from '../src/memory/idle-buffers.ts'

const MEGABYTE = 1 << 20

test('keeps four megabytes at most, and nothing of larger frames', () => {
  const spare = createSpareBuffers()
  for (let frame = 0; frame < 9; frame += 1) spare.give(new Uint8Array(MEGABYTE))
  const kept = Array.from({ length: 9 }, () => spare.take()).filter((buffer) => buffer !== undefined)
  expect(kept.map(({ byteLength }) => byteLength)).toEqual([MEGABYTE, MEGABYTE, MEGABYTE, MEGABYTE])
  spare.give(new Uint8Array(5 * MEGABYTE))
  expect(spare.take()).toBeUndefined()
})

test('keeps buffers of one size only, those that came last', () => {
  const spare = createSpareBuffers()
  spare.give(new Uint8Array(10))
  spare.give(new Uint8Array(20))
  expect([spare.take()?.byteLength, spare.take()]).toEqual([20, undefined])
})
