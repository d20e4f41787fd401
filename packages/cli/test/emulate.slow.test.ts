import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { runCli, startCli, type RunningCli } from './support/run-cli.ts'

/** Starts `emulate`, and stops it at the end of the test. */
function startEmulate(args: readonly string[]): RunningCli {
  const running = startCli(['emulate', ...args])
  onTestFinished(async () => {
    running.child.kill('SIGTERM')
    await running.result
  })
  return running
}

async function writeStudy(folder: string): Promise<number> {
  let count = 0
  for (const { data } of generateStudy()) await writeFile(join(folder, `${++count}.dcm`), data)
  return count
}

/** Returns a file with a second Modality at its end. */
function withRepeatedModality(): Uint8Array {
  const [file] = generateStudy({ ctSlices: 1 })
  if (file === undefined) throw new Error('Cannot generate a file')
  return Buffer.concat([file.data, Buffer.from('\u0008\0\u0060\0CS\u0002\0CT', 'latin1')])
}

test('imports, prints what clients need, serves and stops when interrupted', async () => {
  const folder = await makeFolder()
  const count = await writeStudy(folder)
  await writeFile(join(folder, 'notes.txt'), 'not DICOM')
  const { child, result, saw } = startEmulate(['--import', folder, '--data', await makeFolder()])
  await saw('Press Ctrl-C to stop it.')
  child.kill('SIGINT')
  const { exitCode, stdout, stderr } = await result
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^AHI emulator at http:\/\/127\.0\.0\.1:\d+\n {2}data store {2}[0-9a-z]{32}\n/)
  for (const setting of [
    'AWS_ENDPOINT_URL_MEDICAL_IMAGING',
    'AWS_DISABLE_HOST_PREFIX_INJECTION=true',
    '--endpoint-url',
  ]) {
    expect(stdout).toContain(setting)
  }
  expect(stderr).toMatch(/not imported: .*notes\.txt: /)
  expect(stderr).toContain(`${count} files imported, 1 rejected`)
})

test('tells what imported files lose, and lets no file name drive the terminal', async () => {
  const folder = await makeFolder()
  await writeFile(join(folder, '\u001B]0;title\u0007.dcm'), withRepeatedModality())
  const { child, result, saw } = startEmulate(['--import', folder])
  await saw('Press Ctrl-C to stop it.')
  child.kill('SIGINT')
  const { stderr } = await result
  expect(stderr).toMatch(/imported with a warning: .*title\uFFFD\.dcm: .* more than once .*00080060/)
  expect(stderr).toContain('1 file imported, 1 of them with a warning, 0 rejected')
  expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u)
})

test('tells programs on one line', async () => {
  const folder = await makeFolder()
  const count = await writeStudy(folder)
  const { child, result, saw } = startEmulate(['--json', '--import', folder])
  await saw('"rejected"')
  child.kill('SIGTERM')
  const [ready, ...rest] = parseJsonLines((await result).stdout)
  expect(rest).toEqual([])
  expect(ready).toEqual({
    schemaVersion: 1,
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    datastoreId: expect.stringMatching(/^[0-9a-z]{32}$/),
    imported: count,
    rejected: [],
    warnings: [],
  })
})

test('keeps its data in the folder, and the command needs no AWS set-up for a local endpoint', async () => {
  const [folder, data] = [await makeFolder(), await makeFolder()]
  const count = await writeStudy(folder)
  const first = startEmulate(['--json', '--import', folder, '--data', data])
  await first.saw('"rejected"')
  first.child.kill('SIGINT')
  await first.result
  const { saw } = startEmulate(['--json', '--data', data])
  const [ready] = parseJsonLines(await saw('"rejected"'))
  const target = ['--endpoint-url', String(ready?.['endpoint']), '--datastore-id', String(ready?.['datastoreId'])]
  const plan = await runCli(['export', '--all', '--dry-run', '--json', ...target])
  expect(parseJsonLines(plan.stdout)).toMatchObject([{ instances: count }])
})

test('removes its temporary folder', async () => {
  const running = startEmulate([])
  await running.saw('Press Ctrl-C to stop it.')
  running.child.kill('SIGINT')
  const { stdout } = await running.result
  const path = /data +(\S+) \(temporary/.exec(stdout)?.[1] ?? ''
  await expect(readdir(path)).rejects.toThrow('ENOENT')
})

test('refuses a folder without DICOM', async () => {
  const folder = await makeFolder()
  await writeFile(join(folder, 'notes.txt'), 'not DICOM')
  const { exitCode, stdout, stderr } = await startEmulate(['--import', folder]).result
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  expect(stderr).toContain(`Cannot import ${folder}`)
})

test('refuses a port in use', async () => {
  const first = startEmulate(['--json'])
  const [ready] = parseJsonLines(await first.saw('"rejected"'))
  const { port } = new URL(String(ready?.['endpoint']))
  const { exitCode, stderr } = await startEmulate(['--port', port]).result
  expect(exitCode).toBe(2)
  expect(stderr).toContain('give another --port')
})
