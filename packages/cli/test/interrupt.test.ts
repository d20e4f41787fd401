import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { tmpdir } from 'node:os'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runCommand } from '@ahi-dicom/cli'
import { afterEach, expect, test, vi } from 'vitest'
import { InterruptedError } from '../src/errors.ts'
import { watchInterrupts } from '../src/interrupt.ts'
import { hostDouble, type HostDouble } from './support/host-double.ts'

function watch(): {
  source: EventEmitter
  time: { now: number }
  told: string[]
  interrupts: ReturnType<typeof watchInterrupts>
} {
  const source = new EventEmitter()
  const time = { now: 0 }
  const told: string[] = []
  const interrupts = watchInterrupts(source, {
    onFirst: () => told.push('first'),
    onSecond: () => told.push('second'),
    now: () => time.now,
  })
  return { source, time, told, interrupts }
}

test('the first interrupt aborts, the second ends', () => {
  const { source, time, told, interrupts } = watch()
  source.emit('SIGINT', 'SIGINT')
  expect(interrupts.signal.reason).toBeInstanceOf(InterruptedError)
  time.now = 1000
  source.emit('SIGTERM', 'SIGTERM')
  expect(told).toEqual(['first', 'second'])
})

test('a signal that npm passes on a second time counts once', () => {
  const { source, time, told } = watch()
  source.emit('SIGINT', 'SIGINT')
  time.now = 50
  source.emit('SIGINT', 'SIGINT')
  expect(told).toEqual(['first'])
})

test('stops listening when disposed of', () => {
  const { source, interrupts } = watch()
  interrupts[Symbol.dispose]()
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0)
})

/** Runs a command that waits for input. Interrupts it once, and again while it ends. */
async function interruptedTwice(args: readonly string[]): Promise<HostDouble> {
  const host = hostDouble(new PassThrough())
  const { signals } = host
  vi.useFakeTimers({ toFake: ['performance'] })
  const ended = runCommand(args, host)
  await expect.poll(() => signals.listenerCount('SIGINT')).toBe(1)
  signals.emit('SIGINT', 'SIGINT')
  vi.advanceTimersByTime(300)
  signals.emit('SIGINT', 'SIGINT')
  await ended
  return host
}

afterEach(() => {
  vi.useRealTimers()
})

const store = '0123456789abcdef0123456789abcdef'

test.each([
  ['export', 'run it again with --resume, or with --overwrite'],
  ['export', 'run it again with --resume, or with --overwrite', '--quiet'],
  ['sync', 'run it again to remove them'],
])('the second interrupt of %s says how to go on: %s%s', async (command, advice, ...options) => {
  const args = [command, '-', '--datastore-id', store, '--out', 'never-made', ...options]
  const { exits, said } = await interruptedTwice(args)
  expect(exits).toEqual([130])
  expect(said()).toMatch(/(?:^|\n)ahi-dicom: stopped at once by the second interrupt; .*\n$/)
  expect(said()).toContain(advice)
  expect(said()).not.toMatch(/^ {4}at /m)
})

test('the second interrupt of a sync advises no option that only an export has', async () => {
  const { said } = await interruptedTwice(['sync', '-', '--datastore-id', store, '--out', 'never-made'])
  expect(said()).toMatch(/; run it again to remove them and write the rest\n$/)
})

test('an interrupt ends a command that waits for selectors', async () => {
  const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
  const env = { PATH: process.env['PATH'], HOME: tmpdir() }
  const child = spawn(process.execPath, [bin, 'export', '-', '--datastore-id', store, '--out', 'never-made'], { env })
  const said = text(child.stderr)
  const ended = once(child, 'exit')
  // The list is larger than the buffer of a pipe, so `write` returns once the command reads.
  await new Promise((resolve) => child.stdin.write('# no selector\n'.repeat(100_000), resolve))
  child.kill('SIGINT')
  expect(await ended).toEqual([130, null])
  expect(await said).toBe('ahi-dicom: interrupted; finishing the work in progress (interrupt again to stop at once)\n')
})
