import { openTerminal } from '@ahi-dicom/cli'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasColour } from '../src/colour.ts'
import { createLog } from '../src/log.ts'
import { createLogProgress } from '../src/progress.ts'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { runCli, startCli } from './support/run-cli.ts'

const nowhere = 'f'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

const json = ['--log-format', 'json']
const basics = {
  schemaVersion: 1,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  level: expect.stringMatching(/^(?:error|warn|info|debug)$/),
  event: expect.stringMatching(/^[a-z-]+$/),
  message: expect.any(String),
}

/** Returns the parsed lines of a log. Fails if a line is not JSON of the documented form. */
function linesOf(stderr: string): Record<string, unknown>[] {
  const lines = parseJsonLines(stderr)
  for (const line of lines) expect(line).toMatchObject(basics)
  return lines
}

describe('--log-format json', () => {
  test.each<[string, string[]]>([
    ['an unknown option', ['search', '--studdy', '1.2']],
    ['an unknown command', ['exprot']],
    ['no command', []],
    ['a malformed value', ['export', '--all', '--out', 'x', '--threads', 'many']],
    ['options that exclude each other', ['export', '--all', '--out', 'x', '--resume', '--overwrite']],
    ['no data store', ['search']],
    ['an unknown topic of the help', ['help', 'nothing']],
  ])('tells %s as JSON alone', async (_, args) => {
    const { exitCode, stdout, stderr } = await runCli([...args, ...json])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    const lines = linesOf(stderr)
    expect(lines[0]).toMatchObject({ level: 'error', event: 'failed', code: 'USAGE', exitCode: 2 })
    expect(lines.at(-1)).toMatchObject({ event: 'end', exitCode: 2 })
  })

  test('tells failures of items as they happen, with their identifiers, and how it ended', async () => {
    const id = ahi.imageSets[0]?.imageSetId ?? ''
    const { exitCode, stderr } = await ahi.run(['export', nowhere, id, '--out', await makeFolder(), ...json])
    expect(exitCode).toBe(1)
    const lines = linesOf(stderr)
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        event: 'item-failed',
        code: 'NOTHING_SELECTED',
        datastoreId: ahi.emulator.datastoreId,
        imageSetId: nowhere,
        retryable: false,
      }),
    )
    expect(lines.at(-1)).toMatchObject({ level: 'info', event: 'end', exitCode: 1 })
  })

  test('tells what ends a command, with the identifiers of the error', async () => {
    const { exitCode, stderr } = await ahi.run(['metadata', nowhere, ...json])
    const [failed] = linesOf(stderr)
    expect(failed).toMatchObject({ event: 'failed', code: 'AHI_NOT_FOUND', imageSetId: nowhere, exitCode })
  })

  test('tells an exception that nobody caught', async () => {
    const thrower = `data:text/javascript,${encodeURIComponent(
      'import { isMainThread } from "node:worker_threads"; if (isMainThread) setTimeout(() => { throw new Error("boom") }, 1500)',
    )}`
    const { child, result } = startCli(['emulate', ...json], { env: { NODE_OPTIONS: `--import=${thrower}` } })
    const { exitCode, stderr } = await result
    expect(child.killed).toBe(false)
    expect(exitCode).toBe(7)
    expect(linesOf(stderr)).toMatchObject([
      { event: 'failed', message: 'boom', exitCode: 7 },
      { event: 'end', exitCode: 7 },
    ])
  })

  test('tells warnings of Node.js, and hides those of experiments', async () => {
    const warner = `data:text/javascript,${encodeURIComponent(
      'import { isMainThread } from "node:worker_threads"; if (isMainThread) setTimeout(() => { process.emitWarning("old"); process.emitWarning("new", "ExperimentalWarning") }, 1000)',
    )}`
    const { child, result, saw } = startCli(['emulate', ...json], { env: { NODE_OPTIONS: `--import=${warner}` } })
    await saw('old')
    child.kill('SIGTERM')
    const lines = linesOf((await result).stderr)
    expect(lines).toContainEqual(expect.objectContaining({ event: 'node-warning', message: 'Warning: old' }))
    expect(JSON.stringify(lines)).not.toContain('Experimental')
  })

  test('tells of interrupts', async () => {
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, async (answer, path) => {
      if (!path.endsWith('/getImageFrame')) return answer
      held.resolve()
      await released.promise
      return answer
    })
    const command = ['export', '--all', '--out', await makeFolder(), '--endpoint-url', proxy.endpoint, ...json]
    const { child, result, saw } = startCli([...command, '--concurrency', '2'], { env: ahi.env })
    await held.promise
    child.kill('SIGINT')
    await saw('"interrupted"')
    released.resolve()
    const { exitCode, stderr } = await result
    expect(exitCode).toBe(130)
    const events = linesOf(stderr).map(({ event }) => event)
    expect(events).toContain('interrupted')
    expect(events.at(-1)).toBe('end')
  })

  test('--quiet leaves errors alone', async () => {
    const { stderr } = await ahi.run(['export', nowhere, '--out', await makeFolder(), '--quiet', ...json])
    for (const { level } of linesOf(stderr)) expect(level).toBe('error')
  })
})

describe('createLog', () => {
  test('in JSON, no message forges a line', () => {
    const lines: string[] = []
    const log = createLog({ level: 'debug', format: 'json', writeLine: (line) => lines.push(line) })
    log.warn('one\n{"level":"error"}', { event: 'note', imageSetId: 'a\u2028\u0085b' })
    log.debug('two\nlines', { event: 'debug' })
    expect(lines.join('')).not.toMatch(/(?!\n)\p{Cc}|[\u2028\u2029]/u)
    const [first, second] = lines.map((line): Record<string, unknown> => JSON.parse(line))
    expect(first).toMatchObject({ message: 'one\u{FFFD}{"level":"error"}', imageSetId: 'a\u2028\u0085b' })
    expect(second).toMatchObject({ message: 'two\nlines' })
  })

  test('colours errors and warnings for people', () => {
    const lines: string[] = []
    const log = createLog({ level: 'info', format: 'text', hasColour: true, writeLine: (line) => lines.push(line) })
    log.error('no')
    log.warn('perhaps')
    log.info('yes')
    expect(lines).toEqual([
      'ahi-dicom: \u{1B}[31mno\u{1B}[39m',
      'ahi-dicom: \u{1B}[33mperhaps\u{1B}[39m',
      'ahi-dicom: yes',
    ])
  })

  test('progress is told now and then', () => {
    const lines: string[] = []
    const log = createLog({ level: 'info', format: 'json', writeLine: (line) => lines.push(line) })
    let now = 0
    using progress = createLogProgress(log, { write: () => {}, now: () => now })
    for (let done = 0; done <= 100; done++) {
      now = done * 100
      const counted = { done, total: 100 }
      progress.update({ instances: { ...counted, failed: 0 }, frames: counted, isTotalKnown: true, bytesFetched: done })
    }
    const told = linesOf(lines.join('\n'))
    expect(told.length).toBeGreaterThan(3)
    expect(told.length).toBeLessThan(11)
    expect(told[0]).toMatchObject({ event: 'progress', instances: { total: 100, failed: 0 }, elapsedMs: 1000 })
  })
})

// https://no-color.org, https://force-color.org, http://bixense.com/clicolors
test.each<[NodeJS.ProcessEnv, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ CLICOLOR_FORCE: '1' }, false, true],
  [{ CLICOLOR_FORCE: '0' }, false, false],
  [{ CLICOLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('with %o, and a terminal: %s, colours are %s', (env, isTerminal, expected) => {
  expect(hasColour(env, isTerminal)).toBe(expected)
})

test('a terminal that has gone takes messages all the same', () => {
  const stream = new PassThrough()
  const terminal = openTerminal({ stdin: stream, stdout: stream, stderr: stream, env: {} })
  stream.destroy()
  expect(() => terminal.message('x')).not.toThrow()
})
