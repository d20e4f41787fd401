import { execFileSync } from 'node:child_process'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as fc from 'fast-check'
import { createKeyMap, createKeySet } from '@ahi-dicom/export-files'
import type { KeyMap } from '@ahi-dicom/export-files'

/** Memory for ten entries. */
const tenEntries = 2560

afterEach(() => void vi.restoreAllMocks())

describe('a map of keys', () => {
  test('works like a Map, in memory and in a database', () => {
    const key = fc.stringMatching(/^[a-c]?[\0é😀]?$/u)
    const step = fc.tuple(fc.constantFrom('set', 'add', 'delete', 'get', 'has'), key, fc.jsonValue())
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 1000, undefined), requireEqual), {
      numRuns: 200,
    })
  })

  test('yields thousands of entries while they are changed', () => {
    using map = createKeyMap<number>({ maxMemory: tenEntries })
    for (let number = 0; number < 3000; number += 1) map.set(String(number), number)
    let count = 0
    for (const [key, value] of map.entries()) {
      expect(key).toBe(String(value))
      map.set(key, value)
      map.delete(key)
      count += 1
    }
    expect([count, map.size]).toEqual([3000, 0])
  })

  test('stays in memory without SQLite', () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    using set = createKeySet({ maxMemory: tenEntries })
    for (let number = 0; number < 100; number += 1) expect(set.add(String(number))).toBe(true)
    expect([set.size, set.has('99'), set.add('99')]).toEqual([100, true, false])
  })

  test('hides the warning that SQLite is experimental, and no other warning', () => {
    const program = `
      import { createKeySet } from '@ahi-dicom/export-files'
      const set = createKeySet({ maxMemory: 0 })
      set.add('a')
      process.emitWarning('mine')
    `
    const options = ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program]
    const output = execFileSync(process.execPath, options, {
      cwd: import.meta.dirname,
      stdio: 'pipe',
      encoding: 'utf8',
    })
    expect(output).toBe('')
  })

  test('says that the temporary folder is full', () => {
    class FullDatabase extends DatabaseSync {
      override prepare(sql: string): StatementSync {
        const statement = super.prepare(sql)
        if (sql.startsWith('INSERT')) vi.spyOn(statement, 'run').mockImplementation(() => expect.fail('disk is full'))
        return statement
      }
    }
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ DatabaseSync: FullDatabase })
    using set = createKeySet({ maxMemory: 0 })
    const full = () => set.add('a')
    expect(full).toThrow(expect.objectContaining({ code: 'OUTPUT_DISK_FULL', fatal: true }))
    expect(full).toThrow(/SQLITE_TMPDIR/)
  })
})

type Step = readonly [string, string, unknown]

/** Applies a step to a map and returns the result. */
function taken(
  map: Omit<KeyMap<unknown>, 'entries' | 'sortedEntries' | 'size' | typeof Symbol.dispose>,
  [name, key, value]: Step,
): unknown {
  if (name === 'set') return map.set(key, value)
  if (name === 'add') return map.add(key, value)
  if (name === 'delete') return map.delete(key)
  return name === 'get' ? map.get(key) : map.has(key)
}

function sorted(entries: Iterable<readonly [string, unknown]>): readonly (readonly [string, unknown])[] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Applies the same steps to a map of keys and to a Map. */
function requireEqual(steps: readonly Step[], maxMemory: number | undefined): void {
  using map = createKeyMap<unknown>({ maxMemory })
  const model = new Map<string, unknown>()
  const modelled = {
    get: (key: string) => model.get(key),
    has: (key: string) => model.has(key),
    delete: (key: string) => model.delete(key),
    set: (key: string, value: unknown) => void model.set(key, value),
    add: (key: string, value: unknown) => !model.has(key) && model.set(key, value) === model,
  }
  for (const step of steps) {
    expect(plain(taken(map, step))).toEqual(plain(taken(modelled, step)))
    expect(map.size).toBe(model.size)
  }
  expect(plain(sorted(map.entries()))).toEqual(plain(sorted(model)))
  expect(plain(sorted(map.sortedEntries()))).toEqual(plain(sorted(model)))
}
