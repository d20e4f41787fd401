import { numberOfFrames } from '@ahi-dicom/dicom-standard'
import { expect, test } from 'vitest'

// pydicom 3.0 gives the same numbers: get_nr_frames reads missing, empty and 0 as 1.
test.each([
  ['3', 3],
  [' 12 ', 12],
  ['+2', 2],
  [7, 7],
  [['4', '5'], 4],
  ['0', 1],
  [0, 1],
  ['', 1],
  [null, 1],
  [undefined, 1],
  [[], 1],
  ['-1', undefined],
  ['1.5', undefined],
  ['three', undefined],
  ['1e3', undefined],
  [Number.NaN, undefined],
  [{}, undefined],
])('%j means %s', (value, count) => {
  expect(numberOfFrames(value)).toBe(count)
})
