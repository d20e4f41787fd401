import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { openTerminal, type Terminal } from '@ahi-dicom/cli'
import { createProgress } from '../src/progress.ts'

function terminalOf(columns: number | undefined, env: NodeJS.ProcessEnv = {}): Terminal {
  const stream = Object.assign(new PassThrough(), { isTTY: true, ...(columns === undefined ? {} : { columns }) })
  return openTerminal({ stdin: new PassThrough(), stdout: stream, stderr: stream, env })
}

test.each([
  [0, 80],
  [-1, 80],
  [Number.NaN, 80],
  [undefined, 80],
  [40, 40],
  [200, 200],
])('a terminal that says to have %s columns has %i', (said, columns) => {
  expect(terminalOf(said).outputColumns).toBe(columns)
  expect(terminalOf(said).messageColumns()).toBe(columns)
  expect(terminalOf(said, { TERM: 'dumb' }).messageColumns()).toBeUndefined()
})

test.each([
  ['40', 40],
  ['0', 200],
  ['', 200],
  ['wide', 200],
])('COLUMNS=%s of the environment comes before the terminal', (COLUMNS, columns) => {
  const terminal = terminalOf(200, { COLUMNS })
  expect([terminal.outputColumns, terminal.messageColumns()]).toEqual([columns, columns])
})

test('what is no terminal has no columns', () => {
  const stream = new PassThrough()
  const terminal = openTerminal({ stdin: stream, stdout: stream, stderr: stream, env: { COLUMNS: '40' } })
  expect([terminal.outputColumns, terminal.messageColumns()]).toEqual([undefined, undefined])
})

test.each([0, undefined])('a terminal of %s columns shows the progress', (said) => {
  const written: string[] = []
  const columns = terminalOf(said).messageColumns
  using progress = createProgress({ columns, write: (text) => written.push(text) })
  progress.update({
    instances: { done: 3, total: 100, failed: 0 },
    isTotalKnown: true,
    frames: { done: 3, total: 100 },
    bytesFetched: 3000,
  })
  expect(written.join('')).toContain('3/100 instances')
})
