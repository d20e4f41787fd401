import { expect, test } from 'vitest'
import { expandSegmentedLookupTable, RenderError } from '@ahi-dicom/renderer'

test('expands discrete, linear and indirect segments', () => {
  const discrete = [0, 3, 10, 20, 30]
  const linear = [1, 4, 70]
  const indirect = [2, 2, 0, 0]
  expect([...expandSegmentedLookupTable(Uint16Array.of(...discrete, ...linear, ...indirect))]).toEqual([
    10, 20, 30, 40, 50, 60, 70, 10, 20, 30, 40, 50, 60, 70,
  ])
})

test('reads offsets of byte data from four bytes', () => {
  expect([...expandSegmentedLookupTable(Uint8Array.of(0, 2, 1, 2, 2, 1, 0, 0, 0, 0))]).toEqual([1, 2, 1, 2])
})

test.each([
  ['a linear segment at the start', [1, 4, 70]],
  ['an unknown opcode', [3, 1, 1]],
  ['a segment that leaves the data', [0, 9, 1]],
  ['an indirect segment within another', [0, 1, 1, 2, 2, 0, 0]],
])('fails for %s', (_, segments) => {
  expect(() => expandSegmentedLookupTable(Uint16Array.from(segments))).toThrow(RenderError)
})
