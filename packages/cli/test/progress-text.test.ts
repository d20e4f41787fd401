import { describe, expect, test } from 'vitest'
import { formatProgressLine, formatProgressSentence, shareDone } from '../src/progress-text.ts'

const halfway = {
  instances: { done: 111, total: 222, failed: 0 },
  isTotalKnown: true,
  frames: { done: 111, total: 222 },
  bytesFetched: 20_000_000,
  elapsedMs: 2000,
}

describe('formatProgressLine', () => {
  test('shows a bar, counts, rate and the time left', () => {
    expect(formatProgressLine(halfway, 120)).toBe(
      '[##########----------]   50 %  111/222 instances  111 frames  20.0 MB  10.0 MB/s  2.0 s left',
    )
  })

  test('is cut to the terminal', () => {
    expect(formatProgressLine(halfway, 40)).toBe('[#####-----]   50 %  111/222 instances…')
  })

  test('has neither bar nor time left while the total is not known', () => {
    expect(formatProgressLine({ ...halfway, isTotalKnown: false }, 120)).toBe(
      '111 instances  111 frames  20.0 MB  10.0 MB/s',
    )
  })

  test('names failures', () => {
    const line = formatProgressLine({ ...halfway, instances: { done: 111, total: 222, failed: 3 } }, 120)
    expect(line).toContain('111/222 instances  3 failed  111 frames')
  })
})

test('a sentence says the same for logs', () => {
  expect(formatProgressSentence(halfway)).toBe('50 %, 111/222 instances, 111 frames, 20.0 MB, 10.0 MB/s, 2.0 s left')
})

describe('shareDone', () => {
  test('moves with the frames of one long instance', () => {
    const cine = { ...halfway, instances: { done: 0, total: 1, failed: 0 }, frames: { done: 50, total: 99 } }
    expect(shareDone(cine)).toBe(0.5)
  })

  test('counts a frame that is fetched for two formats once', () => {
    const twice = { ...halfway, instances: { done: 0, total: 10, failed: 0 }, frames: { done: 20, total: 10 } }
    expect(shareDone(twice)).toBe(0.5)
  })

  test('is 1 for nothing to do', () => {
    const nothing = { ...halfway, instances: { done: 0, total: 0, failed: 0 }, frames: { done: 0, total: 0 } }
    expect(shareDone(nothing)).toBe(1)
  })
})

test('a plan counts image sets, and fetches no bytes', () => {
  const frames = { done: 0, total: 0 }
  const state = { noun: 'image sets', frames, bytesFetched: 0, elapsedMs: 1000 } as const
  const instances = { done: 5, total: 20, failed: 0 }
  expect(formatProgressSentence({ ...state, instances, isTotalKnown: false })).toBe('5 image sets')
  expect(formatProgressSentence({ ...state, instances, isTotalKnown: true })).toBe('25 %, 5/20 image sets, 3.0 s left')
})

test('a report counts series, and fetches no bytes that it knows of', () => {
  const frames = { done: 0, total: 0 }
  const instances = { done: 5, total: 5, failed: 0 }
  const state = { noun: 'series', instances, isTotalKnown: false, frames, bytesFetched: 0, elapsedMs: 1000 } as const
  expect(formatProgressSentence(state)).toBe('5 series')
})
