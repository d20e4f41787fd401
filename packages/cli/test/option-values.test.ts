import { describe, expect, test, vi } from 'vitest'
import { parseDatastoreId } from '../src/options/identifiers.ts'
import {
  parseDateRange,
  parseFormats,
  parseFrames,
  parseTime,
  parseWindow,
  wholeNumber,
} from '../src/options/option-values.ts'

describe('parseDateRange', () => {
  test.each([
    ['20240101-20241231', { from: '20240101', to: '20241231' }],
    ['2024-01-01-2024-12-31', { from: '20240101', to: '20241231' }],
    ['20240101-', { from: '20240101' }],
    ['-20241231', { to: '20241231' }],
    ['20240229', { from: '20240229', to: '20240229' }],
  ])('reads %s', (text, range) => {
    expect(parseDateRange(text)).toEqual(range)
  })

  test.each(['', '-', '20230229', '20241231-20240101', '2024', '20240101-20240201-20240301', 'today'])(
    'refuses %j',
    (text) => {
      expect(() => parseDateRange(text)).toThrow(/^Cannot use the study dates/)
    },
  )
})

describe('parseWindow', () => {
  test('reads centre and width', () => {
    expect(parseWindow('-600, 1500.5')).toEqual({ center: -600, width: 1500.5 })
  })

  test.each(['40', '40,', ',400', '40,0', '40,-1', '1,2,3', 'a,b', 'Infinity,1'])('refuses %j', (text) => {
    expect(() => parseWindow(text)).toThrow(/^Cannot use the window/)
  })
})

describe('parseFrames', () => {
  test('reads numbers and ranges, counted from 1', () => {
    expect(parseFrames('3')).toEqual([{ from: 2, to: 2 }])
    expect(parseFrames('1, 5-8')).toEqual([
      { from: 0, to: 0 },
      { from: 4, to: 7 },
    ])
  })

  test.each(['', '0', '-1', '3-', '5-4', '1,,2', '1.5', 'a', '0-2'])('refuses %j', (text) => {
    expect(() => parseFrames(text)).toThrow(/^Cannot use the frames/)
  })
})

test('parseFormats reads lists and names what it takes', () => {
  expect(parseFormats('dcm,png')).toEqual(['dcm', 'png'])
  expect(parseFormats('png, png')).toEqual(['png'])
  expect(parseFormats('gif,webp,jpg')).toEqual(['jpg', 'webp', 'gif'])
  expect(() => parseFormats('jpeg')).toThrow('give one or more of dcm, png, jpg, webp, gif')
  expect(() => parseFormats('toString')).toThrow('give one or more of')
})

test('parseTime takes dates and times, not any text', () => {
  expect(parseTime('2024-05-01').toISOString()).toBe('2024-05-01T00:00:00.000Z')
  expect(parseTime('2024-05-01T12:00:00.5+02:00').toISOString()).toBe('2024-05-01T10:00:00.500Z')
  expect(parseTime('2024-05-01 12:00-0130').toISOString()).toBe('2024-05-01T13:30:00.000Z')
  expect(parseTime('2024-05-01T12:00Z').toISOString()).toBe('2024-05-01T12:00:00.000Z')
  const odd = ['1', '', '2024-13-01', '2023-02-30', '2024-05-01 (today)', '2024-05-01T25:00', '2024-05-01Z']
  for (const text of odd) expect(() => parseTime(text)).toThrow(/^Cannot use the time/)
})

test('parseTime is in UTC, wherever the command runs', () => {
  vi.stubEnv('TZ', 'Asia/Tokyo')
  try {
    expect(new Date('2024-05-01T12:00').toISOString()).toBe('2024-05-01T03:00:00.000Z')
    expect(parseTime('2024-05-01T12:00').toISOString()).toBe('2024-05-01T12:00:00.000Z')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('wholeNumber refuses what is out of range', () => {
  const parse = wholeNumber('--threads', { from: 0, to: 8 })
  expect(parse('8')).toBe(8)
  for (const text of ['9', '-1', '1.5', '', 'x']) expect(() => parse(text)).toThrow('from 0 to 8')
})

test('identifiers are checked by their form', () => {
  expect(() => parseDatastoreId('ABC')).toThrow('32 characters of 0-9 and a-z')
})
