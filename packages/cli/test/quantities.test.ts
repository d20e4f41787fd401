import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatSeconds } from '../src/quantities.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [9994, '9.99 kB'],
  [9996, '10.0 kB'],
  [99_960, '100 kB'],
  [999_600, '1.00 MB'],
  [47_200_000, '47.2 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (byteLength, text) => {
  expect(formatBytes(byteLength)).toBe(text)
})

test.each([
  [0, '0.0 s'],
  [3.44, '3.4 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [3599.6, '1 h 00 min'],
  [3725, '1 h 02 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})

test('counts come with their noun', () => {
  expect([formatCount(1, 'frame'), formatCount(1234, 'frame'), formatCount(2, 'series')]).toEqual([
    '1 frame',
    '1,234 frames',
    '2 series',
  ])
})
