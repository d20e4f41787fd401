import { describe, expect, test } from 'vitest'
import { createProgress } from '../src/progress.ts'

function state(done: number): Parameters<ReturnType<typeof createProgress>['update']>[0] {
  return {
    instances: { done, total: 100, failed: 0 },
    isTotalKnown: true,
    frames: { done, total: 100 },
    bytesFetched: done * 1000,
  }
}

function record(columns: number | undefined): {
  written: string[]
  time: { now: number }
  progress: ReturnType<typeof createProgress>
} {
  const written: string[] = []
  const time = { now: 0 }
  const progress = createProgress({
    columns: () => columns,
    write: (text) => written.push(text),
    now: () => time.now,
  })
  return { written, time, progress }
}

describe('on a terminal', () => {
  test('redraws one line at most ten times a second', () => {
    const { written, time, progress } = record(80)
    for (let done = 0; done < 100; done++) {
      time.now = done * 10
      progress.update(state(done))
    }
    expect(written).toHaveLength(10)
    for (const text of written) expect(text.split('\u{1B}[K')).toEqual([expect.stringMatching(/^\r[^\r\n]{1,79}$/), ''])
    progress[Symbol.dispose]()
  })

  test('leaves a clean line behind', () => {
    const { written, progress } = record(80)
    progress.update(state(1))
    progress[Symbol.dispose]()
    expect(written.at(-1)).toBe('\r\u{1B}[K')
  })

  test('puts other lines above itself', () => {
    const { written, progress } = record(80)
    progress.update(state(1))
    written.length = 0
    progress.line('a note')
    expect(written.slice(0, 2)).toEqual(['\r\u{1B}[K', 'a note\n'])
    expect(written[2]).toContain('1/100 instances')
    progress[Symbol.dispose]()
  })

  test('keeps away from a question until it is answered', () => {
    const { written, time, progress } = record(80)
    progress.update(state(1))
    const goOn = progress.hold()
    expect(written.at(-1)).toBe('\r\u{1B}[K')
    written.length = 0
    time.now = 1000
    progress.update(state(2))
    expect(written).toEqual([])
    goOn()
    time.now = 2000
    progress.update(state(3))
    expect(written.join('')).toContain('3/100 instances')
    progress[Symbol.dispose]()
  })
})

describe('elsewhere', () => {
  test('writes plain lines at steps of ten percent or every five seconds', () => {
    const { written, time, progress } = record(undefined)
    for (let done = 0; done <= 100; done++) {
      time.now = done * 200
      progress.update(state(done))
    }
    expect(written).toHaveLength(9)
    expect(written[0]).toBe('ahi-dicom: 10 %, 10/100 instances, 10 frames, 10.0 kB, 5.00 kB/s, 18 s left\n')
    expect(written.join('')).not.toContain('\u{1B}')
  })

  test('is silent for what ends within a second', () => {
    const { written, time, progress } = record(undefined)
    for (let done = 0; done <= 100; done++) {
      time.now = done * 9
      progress.update(state(done))
    }
    expect(written).toEqual([])
  })
})
