import { numberOfFrames } from '@ahi-dicom/dicom-standard'
import { expect, test } from 'vitest'

// pydicom 3.0 reads the same numbers: get_nr_frames takes missing, empty and 0 for 1.
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
])('%j counts %s', (value, count) => {
  expect(numberOfFrames(value)).toBe(count)
})
