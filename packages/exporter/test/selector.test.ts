import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatSelector, parseSelector, SelectorError } from '@ahi-dicom/exporter'

test('32 characters of 0-9 and a-z are an image set id', () => {
  expect(parseSelector('0123456789abcdefghijklmnopqrstuv')).toEqual({ imageSetId: '0123456789abcdefghijklmnopqrstuv' })
})

test.each([
  ['1.2.840.1', { studyInstanceUid: '1.2.840.1' }],
  ['1.2/3.4', { studyInstanceUid: '1.2', seriesInstanceUid: '3.4' }],
  ['1.2/3.4/5.06', { studyInstanceUid: '1.2', seriesInstanceUid: '3.4', sopInstanceUid: '5.06' }],
  ['1', { studyInstanceUid: '1' }],
  ['abc', { studyInstanceUid: 'abc' }],
  ['1.', { studyInstanceUid: '1.' }],
  ['1..2', { studyInstanceUid: '1..2' }],
  ['01.02', { studyInstanceUid: '01.02' }],
  ['1.2/x', { studyInstanceUid: '1.2', seriesInstanceUid: 'x' }],
  ['0123456789ABCDEFGHIJKLMNOPQRSTUV', { studyInstanceUid: '0123456789ABCDEFGHIJKLMNOPQRSTUV' }],
  ['1.2'.padEnd(65, '3'), { studyInstanceUid: '1.2'.padEnd(65, '3') }],
])('%s is a study, series or instance', (text, selector) => {
  expect(parseSelector(` ${text}\n`)).toEqual(selector)
  expect(formatSelector(parseSelector(text))).toBe(text)
})

test.each(['', ' ', '/', '1.2/', '/1.2', '1.2//5.6', '1.2/3.4/5.6/7.8', '1.2\u00003', '1'.repeat(257)])(
  '%j is an error that shows both forms',
  (text) => {
    expect(() => parseSelector(text)).toThrow(SelectorError)
    expect(() => parseSelector(text)).toThrow(
      /32 characters of 0-9 and a-z\) or StudyInstanceUID\[\/SeriesInstanceUID\[\/SOPInstanceUID\]\]/,
    )
  },
)

test('any text is a selector that parses back to itself, or a SelectorError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z. /]{0,80}$/)), (text) => {
      expect(readsBackOrIsRefused(text)).toBe(true)
    }),
  )
})

function readsBackOrIsRefused(text: string): boolean {
  const result = outcomeOf(() => parseSelector(text))
  if (result instanceof Error) return result instanceof SelectorError && result.selector === text
  return isDeepStrictEqual(parseSelector(formatSelector(result)), result)
}

function outcomeOf<T>(action: () => T): T | Error {
  try {
    return action()
  } catch (error) {
    return error instanceof Error ? error : new Error('not an error')
  }
}
