import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RecordLock } from '@ahi-dicom/export-files'
import { folderRecord } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe('a folder that another export has locked', () => {
  test('is taken over when that shows no sign, and the command says what it waits for', async () => {
    const out = await makeFolder()
    const holder = { pid: 1, hostname: hostname(), startedAt: 'another boot:1', token: 'x' }
    await writeFile(join(out, '.ahi-dicom.lock'), JSON.stringify(holder))
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', out, '--resume'])
    expect(stderr).toMatch(/process 1 on .* which may have ended: waiting up to \d+ s for it to renew its lock/)
    expect(exitCode).toBe(0)
  })

  test('is refused while that runs', async () => {
    const out = await makeFolder()
    await using lock = await folderRecord({ directory: out }).lock().then(disposable)
    expect(lock).toBeDefined()
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', out, '--resume'])
    expect(stderr).toContain(`process ${process.pid} on ${hostname()} is exporting into it`)
    expect(exitCode).toBe(7)
  })
})

describe('a layout that names patients', () => {
  const layout = '{PatientName}/{SOPInstanceUID}'

  test('is shown in messages, not the name', async () => {
    const whole = await makeFolder()
    await ahi.run(['export', '--all', '--out', whole, '--layout', layout])
    const [folder = ''] = (await readdir(whole)).filter((name) => !/\.(?:nd)?json$/.test(name))
    expect(folder).toContain('Phantom')
    const out = await makeFolder()
    await writeFile(join(out, folder), '')
    const failing = ['export', '--all', '--out', out, '--layout', layout, '--log-level', 'debug']
    const { exitCode, stdout, stderr } = await ahi.run(failing)
    expect(exitCode).toBe(7)
    expect(stderr).toContain(`"${out}/{PatientName}/`)
    const records = await Promise.all(
      ['errors.ndjson', 'summary.json'].map((name) => readFile(join(out, name), 'utf8')),
    )
    expect([stdout, stderr, ...records].join('')).not.toContain('Phantom')
  })

  test('is shown by verify with UIDs, and in full if that is asked for', async () => {
    const out = await makeFolder()
    await ahi.run(['export', '--all', '--out', out, '--layout', layout])
    const [missing = ''] = [...(await readExport(out)).keys()]
    const uid = missing.slice(missing.indexOf('/') + 1)
    await rm(join(out, missing))
    await writeFile(join(out, missing.replace('/', '/x')), '')
    const { stdout } = await ahi.run(['verify', out])
    expect(stdout).toContain(`missing: */${uid}: `)
    expect(stdout).toContain('unlisted: */*.dcm: ')
    expect(stdout).not.toContain('Phantom')
    expect((await ahi.run(['verify', out, '--show-paths'])).stdout).toContain(`missing: ${missing}: `)
    expect(parseJsonLines((await ahi.run(['verify', out, '--json'])).stdout)[0]).toMatchObject({ path: missing })
    await truncate(join(out, 'manifest.ndjson'))
    const emptied = await ahi.run(['verify', out])
    expect(emptied.stdout).toContain('unlisted: */*.dcm: ')
    expect(emptied.stdout).not.toContain('Phantom')
  })
})

function disposable(lock: RecordLock): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => lock.release() }
}
