import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

let ahi: LocalAhi
let folder: string

beforeAll(async () => {
  ahi = await startLocalAhi()
  folder = mkdtempSync(join(tmpdir(), 'cli-archives-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await ahi[Symbol.asyncDispose]()
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Unpacks a tar, and returns the names of its DICOM files. */
function unpacked(path: string): readonly string[] {
  const to = mkdtempSync(join(folder, 'unpacked-'))
  execFileSync('tar', ['-xf', path, '-C', to])
  return readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
}

describe.each(['zip', 'tar', 'tar.gz', 'tgz'])('--out study.%s', (ending) => {
  test('writes an archive, which --overwrite replaces', async () => {
    const out = join(folder, `study.${ending}`)
    const first = await ahi.run(['export', '--all', '--out', out])
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stdout).toContain(`to ${out}`)
    expect(await ahi.run(['export', '--all', '--out', out])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it exists; choose another name, or replace it (--overwrite)'),
    })
    const again = await ahi.run(['export', '--all', '--out', out, '--overwrite', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'complete', instances: { written: ahi.imported } })
    expect(readdirSync(folder).filter((name) => name.startsWith(`study.${ending}.`))).toEqual([])
  })

  test('is the same again with --reproducible', async () => {
    const paths = [join(folder, `one.${ending}`), join(folder, `two.${ending}`)]
    for (const [index, out] of paths.entries()) {
      const job = ['export', '--all', '--format', 'dcm,png', '--out', out, '--reproducible']
      expect(await ahi.run([...job, '--concurrency', `${index * 7 + 1}`])).toMatchObject({ exitCode: 0 })
    }
    const [one, two] = paths.map((path) => sha256(readFileSync(path)))
    expect(two).toBe(one)
  })
})

describe('an archive', () => {
  test('is verified, and said to be unable to go on', async () => {
    const out = join(folder, 'verified.zip')
    expect(await ahi.run(['export', '--all', '--out', out, '--compression', '6'])).toMatchObject({ exitCode: 0 })
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('all good') })
    for (const job of [
      ['export', '--resume', '--out', out],
      ['sync', '--all', '--out', out],
    ]) {
      expect(await ahi.run(job)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is written in one go') })
    }
    const packed = join(folder, 'packed.tgz')
    expect(await ahi.run(['export', '--all', '--out', packed])).toMatchObject({ exitCode: 0 })
    expect(await ahi.run(['verify', packed])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('unpack it, and name the folder'),
    })
    const to = mkdtempSync(join(folder, 'unpacked-'))
    execFileSync('tar', ['-xf', packed, '-C', to])
    expect(await ahi.run(['verify', to])).toMatchObject({ exitCode: 0 })
  })

  test('of another folder than there is, or a tar that is to be compressed, is refused', async () => {
    const none = join(folder, 'none/study.zip')
    expect(await ahi.run(['export', '--all', '--out', none])).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('its folder does not exist; create the folder'),
    })
    expect(await ahi.run(['ping', none])).toMatchObject({ exitCode: 7 })
    const tar = ['export', '--all', '--out', join(folder, 'x.tar')]
    expect(await ahi.run([...tar, '--compression', '3'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('name it NAME.tar.gz'),
    })
    expect(await ahi.run(['ping', join(folder, 'x.zip')])).toMatchObject({ exitCode: 0 })
    expect(existsSync(join(folder, 'x.zip'))).toBe(false)
  })

  test('of an export that was interrupted is not there; one that was killed is written again', async () => {
    const out = join(folder, 'stopped.zip')
    const left: (readonly string[])[] = []
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      // One frame arrives per second, so the signal comes before the last one.
      const slow = ['export', '--all', '--no-progress', '--out', out, '--max-rate', 'GetImageFrame=1']
      const changes = watch(folder)[Symbol.asyncIterator]()
      const running = startCli(slow, { env: ahi.env })
      while (!existsSync(`${out}.partial`)) await changes.next()
      running.child.kill(signal)
      await running.result
      left.push(readdirSync(folder).filter((name) => name.startsWith('stopped.zip')))
    }
    expect(left).toEqual([[], ['stopped.zip.partial', 'stopped.zip.partial.lock']])
    expect(await ahi.run(['export', '--all', '--out', out])).toMatchObject({ exitCode: 0 })
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped.zip'))).toEqual(['stopped.zip'])
    execFileSync('unzip', ['-tq', out])
  })
})

describe.skipIf(!canMount())('a full disk', () => {
  test.each(['zip', 'tar.gz'])('leaves nothing of a %s', async (ending) => {
    const disk = mkdtempSync(join(folder, 'disk-'))
    const script = 'mount -t tmpfs -o size=1m tmpfs "$0" && "$@"; code=$?; ls -A "$0"; exit $code'
    const wrapper = ['unshare', '-rm', 'sh', '-c', script, disk]
    const out = join(disk, `study.${ending}`)
    const { exitCode, stdout, stderr } = await ahi.run(['export', '--all', '--out', out, '--quiet'], { wrapper })
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' })
    expect(stderr).toContain('no space is left; free some, then export again')
  })
})

/** Always true in CI, so that the test fails instead of being skipped. */
function canMount(): boolean {
  if (process.env['CI'] !== undefined) return true
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('skipped: a full disk needs unshare and a mount of tmpfs')
    return false
  }
}

describe('--out -', () => {
  test('writes a tar, and says everything on standard error', async () => {
    const path = join(folder, 'piped.tar')
    const script = '"$0" "$1" export --all --out - --no-progress > "$2"'
    const child = spawn('sh', ['-c', script, process.execPath, bin, path], { env: { ...process.env, ...ahi.env } })
    const said: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text))
    await once(child, 'close')
    expect(child.exitCode).toBe(0)
    expect(said.join('')).toContain('to standard output')
    expect(unpacked(path)).toHaveLength(ahi.imported)
  })

  test('ends with exit code 7 and the reason once the reader is gone', async () => {
    const child = spawn(process.execPath, [bin, 'export', '--all', '--out', '-', '--no-progress'], {
      env: { ...process.env, ...ahi.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text))
    child.stdout.destroy()
    await once(child, 'close')
    expect(child.exitCode).toBe(7)
    expect(said.join('')).toContain('the program that reads it has stopped')
  })
})
