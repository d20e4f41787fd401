import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { call } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

interface Command {
  /** The output until the command was ready. */
  readonly ready: Promise<string>
  /** Interrupts the command. */
  stop(): Promise<{ readonly exitCode: unknown; readonly complaints: string }>
}

function start(args: readonly string[]): Command {
  const child = spawn(process.execPath, ['--conditions=@ahi-dicom/source', bin, ...args])
  const complaints = text(child.stderr)
  const ended = once(child, 'exit')
  const stop: Command['stop'] = async () => {
    child.kill('SIGINT')
    const [exitCode] = await ended
    return { exitCode, complaints: await complaints }
  }
  onTestFinished(async () => void (await stop()))
  return { ready: readUntilReady(child.stdout), stop }
}

async function readUntilReady(output: AsyncIterable<unknown>): Promise<string> {
  let printed = ''
  for await (const chunk of output) {
    printed += String(chunk)
    if (/Ctrl-C ends it\.|"rejected"/.test(printed)) break
  }
  return printed
}

async function folderOfStudy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ahi-emulator-command-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'one.dcm'), secondaryCapture())
  await writeFile(join(folder, 'notes.txt'), 'no DICOM')
  return folder
}

test('imports, prints the settings for clients, and stops when interrupted', async () => {
  const command = start(['--import', await folderOfStudy()])
  const printed = await command.ready
  expect(printed).toMatch(/^AHI emulator at http:\/\/127\.0\.0\.1:\d+\n {2}data store {2}[0-9a-z]{32}\n/)
  for (const said of [
    'AWS_DISABLE_HOST_PREFIX_INJECTION=true',
    'disableHostPrefix: true',
    'DISABLE_HOST_PREFIX_INJECTION',
  ]) {
    expect(printed).toContain(said)
  }
  expect(await command.stop()).toEqual({
    exitCode: 0,
    complaints: expect.stringMatching(/^not imported: .*notes\.txt: /),
  })
})

test('escapes file names for the terminal', async () => {
  const folder = await folderOfStudy()
  await writeFile(join(folder, '\u001B]0;title\u0007'), 'no DICOM')
  const command = start(['--import', folder])
  await command.ready
  const { complaints } = await command.stop()
  expect(complaints).toContain('\uFFFD]0;title\uFFFD: ')
  expect(complaints).not.toMatch(/(?!\n)\p{Cc}/u)
})

test('passes its switches as options of startEmulator', async () => {
  const folder = await folderOfStudy()
  const rules = join(folder, 'faults.json')
  await writeFile(rules, JSON.stringify({ rules: [{ fault: { kind: 'error', code: 'ServiceUnavailable' } }] }))
  const faulty = start(['--json', '--faults', rules, folder])
  const { endpoint, imported } = JSON.parse(await faulty.ready)
  expect(imported).toBe(1)
  expect((await call(endpoint, '/datastore', { method: 'GET' })).status).toBe(503)
  const guarded = start(['--json', '--access-key', 'id:secret', '--region', 'eu-west-1'])
  const { status, headers } = await call(JSON.parse(await guarded.ready).endpoint, '/datastore', { method: 'GET' })
  expect([status, headers.get('x-amzn-errortype')]).toEqual([403, 'MissingAuthenticationTokenException'])
})

test.each([
  [['--port', 'many'], 2, 'Expected --port'],
  [['--access-key', 'secret-without-id'], 2, 'Expected an access key'],
  [['--s3-endpoint', 'nowhere'], 2, 'Expected --s3-endpoint'],
  [['--data', 's3://bucket'], 2, 'Expected --data to be the path of a folder'],
  [['--data', ''], 2, 'Expected --data to be the path of a folder'],
  [['--nonsense'], 2, "Unknown option '--nonsense'"],
  [['--faults', 'nowhere.json'], 1, 'Cannot use the fault rules in nowhere.json'],
  [['nowhere'], 1, 'Cannot import nowhere'],
])('ends with an error for %j: exit code %i', async (args, exitCode, complaint) => {
  const child = spawn(process.execPath, ['--conditions=@ahi-dicom/source', bin, ...args])
  const complaints = text(child.stderr)
  expect(await once(child, 'exit')).toEqual([exitCode, null])
  expect(await complaints).toContain(complaint)
})
