import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LockWait, RecordLock } from '@ahi-dicom/export-files'
import { folderDestination, folderRecord } from '@ahi-dicom/exporter-fs'
import { openExport } from '../../export-files/test/open-export.ts'
import { fakeClock, fastForward } from './fast-forward.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const lockName = '.ahi-dicom.lock'
const elsewhere = { pid: 1, hostname: 'elsewhere', startedAt: 'another boot:1', token: 'other' }

afterEach(() => void vi.useRealTimers())

function lockOf(directory: string): string {
  return join(directory, lockName)
}

function contentOf(directory: string): string {
  return readFileSync(lockOf(directory), 'utf8')
}

/** Makes the lock of a running process look like a lock of another machine whose process has the same id as this one. */
function moveElsewhere(directory: string): void {
  const holder: object = JSON.parse(contentOf(directory))
  writeFileSync(lockOf(directory), JSON.stringify({ ...holder, ...elsewhere, token: Reflect.get(holder, 'token') }))
}

describe('a lock whose holder may or may not be running', () => {
  test.each([
    ['another machine', JSON.stringify(elsewhere)],
    ['another machine, with our process id', JSON.stringify({ ...elsewhere, pid: process.pid })],
    ['another container of this machine', JSON.stringify({ ...holderHere(), pidNamespace: 'pid:[1]' })],
    ['an unknown process', '{"pid":'],
    ['no process', ''],
    ['process -1', JSON.stringify({ ...holderHere(), pid: -1 })],
    ['process 0', JSON.stringify({ ...holderHere(), pid: 0 })],
    ['process 1.5', JSON.stringify({ ...holderHere(), pid: 1.5 })],
    ['process 2147483648', JSON.stringify({ ...holderHere(), pid: 2 ** 31 })],
  ])('of %s is taken over after 30 seconds without a renewal', async (_, content) => {
    using directory = temporaryDirectory()
    writeFileSync(lockOf(directory.path), content)
    const waits: LockWait[] = []
    const locking = folderRecord({ directory: directory.path }).lock({ onWait: (wait) => waits.push(wait) })
    const early = new Set<string>()
    const passed = await fastForward(locking, (ms) => {
      if (ms < 29_000) early.add(contentOf(directory.path))
    })
    const lock = await locking
    expect([...early]).toEqual([content])
    expect(passed).toBeGreaterThanOrEqual(30_000)
    expect(waits).toMatchObject([{ mostMs: 30_000 }])
    expect(waits[0]?.message).toMatch(/ on elsewhere|an unknown process|process \d+ on /)
    expect(waits[0]?.message).toContain('up to 30 s')
    expect(contentOf(directory.path)).toContain(`"pid":${process.pid}`)
    await lock.release()
    expect(existsSync(lockOf(directory.path))).toBe(false)
  })

  test('of an earlier boot of this machine is taken over after three seconds', async () => {
    using directory = temporaryDirectory()
    writeFileSync(lockOf(directory.path), JSON.stringify({ ...elsewhere, hostname: hostname() }))
    const waits: number[] = []
    const locking = folderRecord({ directory: directory.path }).lock({ onWait: ({ mostMs }) => waits.push(mostMs) })
    const passed = await fastForward(locking)
    await (await locking).release()
    expect(passed).toBeGreaterThanOrEqual(3000)
    expect(waits).toEqual([3000])
  })

  test.each([
    ['another machine', JSON.stringify(elsewhere)],
    ['a machine of the same name', JSON.stringify({ ...elsewhere, hostname: hostname() })],
    ['an unknown process', '{"pid":'],
  ])('of %s is respected while it is renewed, whatever the time of its clock', async (_, content) => {
    using directory = temporaryDirectory()
    writeFileSync(lockOf(directory.path), content)
    let clock = 1_000_000
    const locking = folderRecord({ directory: directory.path }).lock()
    await fastForward(locking, (ms) => {
      if (ms % 1000 === 0) utimesSync(lockOf(directory.path), clock, (clock -= 60))
    })
    await expect(locking).rejects.toMatchObject({ code: 'OUTPUT_LOCKED', path: lockOf(directory.path) })
    expect(contentOf(directory.path)).toBe(content)
  })

  test('goes to one of many waiting exports', async () => {
    using directory = temporaryDirectory()
    writeFileSync(lockOf(directory.path), JSON.stringify(elsewhere))
    const attempts = Array.from({ length: 6 }, () => folderRecord({ directory: directory.path }).lock())
    const settled = Promise.allSettled(attempts)
    await fastForward(settled)
    const locks = (await settled).flatMap((one): RecordLock[] => (one.status === 'fulfilled' ? [one.value] : []))
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
    expect(existsSync(lockOf(directory.path))).toBe(false)
  })

  test('no longer delays an export whose signal aborts', async () => {
    using directory = temporaryDirectory()
    writeFileSync(lockOf(directory.path), JSON.stringify(elsewhere))
    const controller = new AbortController()
    const locking = folderRecord({ directory: directory.path }).lock({ signal: controller.signal })
    const reason = new Error('enough')
    globalThis.setTimeout(() => controller.abort(reason), 20)
    await expect(locking).rejects.toBe(reason)
    expect(contentOf(directory.path)).toBe(JSON.stringify(elsewhere))
  })
})

test.each([
  ['a number', 5],
  ['null', null],
])('a lock of an ended process with %s as `startedAt` is taken over', async (_, startedAt) => {
  using directory = temporaryDirectory()
  const pid = 2 ** 31 - 1
  writeFileSync(lockOf(directory.path), JSON.stringify({ pid, hostname: hostname(), startedAt, pidNamespace: 5 }))
  const lock = await folderRecord({ directory: directory.path }).lock()
  expect(contentOf(directory.path)).toContain(`"pid":${process.pid}`)
  await lock.release()
})

describe('a lock that is held', () => {
  test('is renewed every second', async () => {
    using directory = temporaryDirectory()
    fakeClock()
    const lock = await folderRecord({ directory: directory.path }).lock()
    const renewedAt = (): number => Math.round(statSync(lockOf(directory.path)).mtimeMs)
    vi.advanceTimersByTime(1000)
    const first = Date.now()
    while (renewedAt() !== first) await setImmediate()
    while (renewedAt() === first) {
      vi.advanceTimersByTime(1000)
      await setImmediate()
    }
    expect(renewedAt()).toBeGreaterThan(first)
    await lock.release()
  })

  test.each([
    ['was taken over', (path: string) => writeFileSync(path, JSON.stringify(elsewhere)), 'process 1 on elsewhere'],
    ['is gone', (path: string) => rmSync(path), 'the folder was removed'],
  ])('and %s ends the export before the record is changed', async (_, take, why) => {
    using directory = temporaryDirectory()
    vi.useFakeTimers({ toFake: ['performance', 'Date'] })
    const destination = folderDestination({ directory: directory.path })
    const running = await openExport(destination)
    const failure = { datastoreId: 'd', code: 'X', message: 'x', retryable: false }
    await running.record.fail(failure)
    take(lockOf(directory.path))
    vi.advanceTimersByTime(600)
    const record = ['errors.ndjson', 'summary.json'].map((name) => join(directory.path, name))
    const before = record.map((path) => readFileSync(path, 'utf8'))
    const lost = { code: 'OUTPUT_LOST', fatal: true }
    await expect(running.record.fail(failure)).rejects.toMatchObject(lost)
    await expect(running.flush()).rejects.toMatchObject({ ...lost, message: expect.stringContaining(why) })
    await expect(destination.removeUnfinished?.()).rejects.toMatchObject(lost)
    await expect(running.record.close({})).rejects.toMatchObject(lost)
    expect(record.map((path) => readFileSync(path, 'utf8'))).toEqual(before)
    expect(before[1]).toContain('unfinished')
    expect(existsSync(lockOf(directory.path))).toBe(why.startsWith('process'))
    await destination.close()
  })
})

describe('processes', () => {
  test('that are killed leave a lock, which is taken over at once', async () => {
    using directory = temporaryDirectory()
    using process = await startExport(directory.path)
    await process.kill('SIGKILL')
    expect(contentOf(directory.path)).toContain('"pid"')
    const waits: LockWait[] = []
    const lock = await folderRecord({ directory: directory.path }).lock({ onWait: (wait) => waits.push(wait) })
    await lock.release()
    expect(waits).toEqual([])
  })

  test('of this machine keep their lock while they are suspended', async () => {
    using directory = temporaryDirectory()
    using process = await startExport(directory.path)
    process.signal('SIGSTOP')
    await expect(folderRecord({ directory: directory.path }).lock()).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
  })

  test('of another machine are noticed within seconds', async () => {
    using directory = temporaryDirectory()
    using _process = await startExport(directory.path)
    moveElsewhere(directory.path)
    const before = performance.now()
    await expect(folderRecord({ directory: directory.path }).lock()).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
    expect(performance.now() - before).toBeLessThan(10_000)
  })

  test('of another machine that were killed lose their lock', async () => {
    using directory = temporaryDirectory()
    using process = await startExport(directory.path)
    moveElsewhere(directory.path)
    await process.kill('SIGKILL')
    const locking = folderRecord({ directory: directory.path }).lock()
    expect(await fastForward(locking)).toBeGreaterThanOrEqual(30_000)
    await (await locking).release()
  })

  test('that were suspended for long notice before they write that they lost their lock', async () => {
    using directory = temporaryDirectory()
    using process = await startExport(directory.path)
    moveElsewhere(directory.path)
    process.signal('SIGSTOP')
    const opening = openExport(folderDestination({ directory: directory.path }), { mode: 'resume' })
    await fastForward(opening)
    await using _running = await opening
    // `check` trusts the last renewal for half a second. This wait is longer.
    await setTimeout(1000)
    process.signal('SIGCONT')
    const [code, message] = (await process.output()).trim().split('\n')
    expect(code).toBe('OUTPUT_LOST')
    expect(message).toContain(`on ${hostname()} took it over`)
    expect(existsSync(join(directory.path, 'errors.ndjson'))).toBe(false)
    expect(contentOf(directory.path)).toContain(`"pid":${globalThis.process.pid}`)
  })
})

function holderHere(): object {
  const boot = existsSync('/proc/sys/kernel/random/boot_id')
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : 'boot'
  return { pid: process.pid, hostname: 'restarted', startedAt: `${boot}:1`, token: 'other' }
}

interface RunningExport extends Disposable {
  signal(name: NodeJS.Signals): void
  /** Sends a signal that ends the process, and waits for the end. */
  kill(name: NodeJS.Signals): Promise<void>
  /** Returns the text that the process prints between locking the folder and its end. */
  output(): Promise<string>
}

async function startExport(directory: string): Promise<RunningExport> {
  const script = new URL('locked-export.ts', import.meta.url).pathname
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@ahi-dicom/source', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = child
  if (stdout === null) throw new Error('no output')
  const [first] = await once(stdout, 'data')
  expect(String(first)).toBe('locked\n')
  return {
    signal: (name) => void child.kill(name),
    async kill(name) {
      const ended = once(child, 'exit')
      child.kill(name)
      await ended
    },
    output: () => text(stdout),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}
