import { expect, test } from 'vitest'
import { createListProgress } from '../src/list-progress.ts'
import { createStreamedTable } from '../src/stream-table.ts'

const columns = [{ title: 'Id' }, { title: 'Count', align: 'right' }, { title: 'Uid' }] as const

test('a table is printed in parts, with its titles once and each heading where it changes', async () => {
  const printed: string[] = []
  let cleared = 0
  const print = async (text: string | Uint8Array): Promise<boolean> => {
    printed.push(String(text))
    return true
  }
  const table = createStreamedTable(columns, { print, outputColumns: undefined }, () => (cleared += 1))
  for (let row = 0; row < 120; row += 1) {
    await table.add({ cells: ['x', String(row), '1.2'], heading: row < 60 ? 'a' : 'b', note: row === 7 ? '  !' : '' })
  }
  await table.finish()
  await table.finish()
  const lines = printed.join('').split('\n')
  expect(printed.length).toBeGreaterThan(2)
  expect(cleared).toBe(printed.length)
  expect(lines.slice(0, 3)).toEqual(['Id  Count  Uid', 'a', 'x       0  1.2'])
  expect(lines.filter((line) => line === 'a' || line === 'b')).toEqual(['a', 'b'])
  expect(lines).toContain('x       7  1.2  !')
  expect(lines).toHaveLength(1 + 2 + 120 + 1)
})

function refusePrint(): Promise<boolean> {
  return Promise.reject(new Error('Expected nothing'))
}

test('a table without rows prints nothing', async () => {
  expect(await createStreamedTable(columns, { print: refusePrint, outputColumns: 80 }, () => {}).finish()).toBe(true)
})

test.each([
  [30, true, true],
  [undefined, true, false],
  [30, false, false],
])('a list on a terminal of %s columns shows its progress: %s', (columnCount, progress, isShown) => {
  const shown: string[] = []
  const terminal = {
    messageColumns: () => columnCount,
    message: (text: string) => void shown.push(text),
  }
  const log = { shows: () => true }
  let time = 0
  const list = createListProgress({ terminal, global: { progress }, log }, () => time)
  list.update({ found: 1, read: 0 })
  time = 150
  list.update({ found: 7, read: 12 })
  list.update({ found: 8, read: 12 })
  list[Symbol.dispose]()
  list[Symbol.dispose]()
  expect(shown).toEqual(isShown ? ['\r7 found, 12 metadata documen…\u{1B}[K', '\r\u{1B}[K'] : [])
})
