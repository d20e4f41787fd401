import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exporter } from '@ahi-dicom/exporter'
import { createFleet, type JsonObject } from '@ahi-dicom/fleet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport } from './support/export-folder.ts'
import { hasRedis, startLocalFleet } from './support/local-fleet.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { freePort, startRedis } from '../../fleet/test/redis-server.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

/** Permissions of the Redis user in docs/fleet.md. */
const commands = ['+@all', '-@admin', '-@dangerous', '+info']

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe.skipIf(!hasRedis)('a fleet', () => {
  test('exports what a single export does, and leaves an export that verifies', async () => {
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit('--format', 'dcm,png')
    expect(run).toMatch(/^[0-9a-f]{16}$/)
    const workers = await Promise.all([fleet.run('work', '--until-empty'), fleet.run('work', '--until-empty')])
    expect(workers.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    const report = await fleet.run('report', run)
    expect(report).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${ahi.imported} instances written`) })
    expect(await ahi.run(['verify', fleet.out])).toMatchObject({ exitCode: 0 })
    const single = await makeFolder()
    await ahi.run(['export', '--all', '--out', single, '--format', 'dcm,png'])
    expect(await readExport(fleet.out)).toEqual(await readExport(single))
    expect(await ahi.run(['sync', '--out', fleet.out])).toMatchObject({ exitCode: 0 })
  })

  test.each([
    ['volumes and sheets', ['--format', 'dcm,nii.gz', '--gaps', 'split', '--contact-sheet', '--sheet-tiles', '6']],
    ['animations', ['--format', 'gif', '--cine']],
  ])('exports %s as a single export does', async (_, files) => {
    const single = await makeFolder()
    const exported = await ahi.run(['export', '--all', '--out', single, ...files])
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit(...files, '--instances-per-part', '2')
    const work = async (): Promise<CliResult> => await fleet.run('work', '--until-empty')
    await Promise.all([work(), work()])
    expect((await fleet.run('report', run)).exitCode).toBe(exported.exitCode)
    expect(await readExport(fleet.out)).toEqual(await readExport(single))
    expect(await summaryOf(fleet.out)).toEqual(await summaryOf(single))
    expect(await errorLines(fleet.out)).toEqual(await errorLines(single))
    const { exitCode } = await ahi.run(['verify', single])
    expect(await ahi.run(['verify', fleet.out])).toMatchObject({ exitCode })
  })

  test('adds nothing twice, and says what is there', async () => {
    const fleet = await startLocalFleet(ahi)
    const first = await fleet.run('submit', '--all', '--out', fleet.out)
    expect(first.stdout).toMatch(/^run [0-9a-f]{16}: 3 image sets selected, 3 jobs added\nto \//)
    const again = await fleet.run('submit', '--all', '--out', fleet.out, '--transfer-syntax', 'explicit')
    expect(again.stdout).toContain('3 image sets selected, 0 jobs added')
    const run = await fleet.submit()
    const { stdout } = await fleet.run('status')
    expect(stdout).toContain(`${run}  open`)
    expect(stdout).toContain('no workers')
    expect((await fleet.run('status', run)).stdout).toContain('0 of 3 jobs done, 0 in progress, 3 waiting')
  })

  test('is paused, resumed, cancelled, taken up and forgotten', async () => {
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit()
    await fleet.run('pause', run)
    expect((await fleet.run('status', run)).stdout).toContain(`run ${run}: paused`)
    await fleet.run('resume', run)
    expect((await fleet.run('cancel', run)).stdout).toContain('3 jobs removed')
    expect((await fleet.run('status', run)).stdout).toContain(`run ${run}: cancelled`)
    expect(await fleet.submit()).toBe(run)
    expect((await fleet.run('status', run)).stdout).toContain('3 waiting')
    await fleet.run('cancel', run)
    expect(await fleet.run('forget', run)).toMatchObject({ exitCode: 0 })
    const gone = await fleet.run('status', run)
    expect(gone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('check its id and --redis-prefix') })
  })

  test('tells of its end to who watches', async () => {
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit()
    await fleet.run('work', '--until-empty')
    const { exitCode, stdout } = await fleet.run('status', run, '--watch')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z run [0-9a-f]{16}: done, to be reported, 3 of 3 jobs done/)
  })

  test('has workers that serve metrics and health, and end in order', async () => {
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit()
    const worker = fleet.start('work', '--metrics-port', '0', '--metrics-host', '127.0.0.1', '--log-format', 'json')
    let said = ''
    worker.child.stderr.on('data', (text: string) => void (said += text))
    await worker.saw('"metrics"')
    const [, port = ''] = /"event":"metrics".*?"port":(\d+)/.exec(said) ?? []
    const ask = async (path: string): Promise<readonly [number, string]> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      return [response.status, await response.text()]
    }
    await worker.saw('run-opened')
    expect(await ask('/healthz')).toEqual([200, 'ok\n'])
    expect(await fleet.run('status', run, '--watch')).toMatchObject({ exitCode: 0 })
    const [status, text] = await ask('/metrics')
    expect(status).toBe(200)
    expect(text).toMatch(/^ahi_dicom_export_instances_total\{.*outcome="written".*\} 26/m)
    expect(text).toContain(run)
    expect((await ask('/nothing'))[0]).toBe(404)
    await fleet.redis.kill()
    await worker.saw('redis-away')
    expect(await ask('/healthz')).toEqual([503, 'Redis does not answer\n'])
    await fleet.redis.start()
    await worker.saw('redis-back')
    expect(await ask('/healthz')).toEqual([200, 'ok\n'])
    worker.child.kill('SIGTERM')
    const { exitCode, stdout } = await worker.result
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^3 jobs done, 26 instances/)
  })

  test('has workers that cannot go on where the destination refuses', async () => {
    const fleet = await startLocalFleet(ahi)
    const place = join(fleet.out, 'place')
    const out = join(place, 'out')
    await mkdir(place)
    await fleet.run('submit', '--all', '--out', out)
    await rm(place, { recursive: true })
    await writeFile(place, '')
    const worked = await fleet.run('work', '--until-empty')
    expect(worked).toMatchObject({ exitCode: 7, stderr: expect.stringContaining(out) })
  })

  test('has workers that do no run of another destination or data store, and no malformed run', async () => {
    const fleet = await startLocalFleet(ahi)
    const run = await fleet.submit()
    const elsewhere = await fleet.run('work', '--until-empty', '--accept', 's3://bucket')
    expect(elsewhere).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it is not below a destination of --accept'),
    })
    const other = await fleet.run('work', '--until-empty', '--datastore-id', 'f'.repeat(32))
    expect(other.stderr).toContain('--datastore-id names another one')
    const key = 'ahi-dicom:fleet:runs'
    const stored = (await fleet.redis.client.hget(key, run)) ?? ''
    await fleet.redis.client.hset(key, run, stored.replace('"format":"dcm"', '"format":"png"'))
    expect(await fleet.run('work', '--until-empty')).toMatchObject({ stdout: expect.stringMatching(/^0 jobs done/) })
    expect(await fleet.run('status', run)).toMatchObject({ exitCode: 7, stdout: '' })
    await fleet.redis.client.hset(key, run, stored)
    const { stdout } = await fleet.run('status', run)
    expect(stdout).toContain('0 of 3 jobs done')
  })

  test.each<[string, string, JsonObject, string]>([
    ['a setting of machines', '/tmp/nowhere', { outProfile: 'admin' }, "Cannot use 'outProfile' of run"],
    ['an unknown setting', '/tmp/nowhere', { script: 'x' }, "Cannot use 'script' of run"],
    ['a malformed setting', '/tmp/nowhere', { layout: '{PatientNane}' }, 'is not a keyword'],
    [
      'a layout that gives two files one path',
      '/tmp/nowhere',
      { layout: '{SOPInstanceUID}' },
      'so that no two files share a path',
    ],
    ['no selectors', '/tmp/nowhere', { selectors: null }, "Cannot use 'selectors' of run"],
    ['a path that leads elsewhere', '/tmp/a/../nowhere', {}, 'Cannot export to the destination of run'],
    ['a server as destination', 'https://host/x', {}, 'Cannot export to the destination of run'],
  ])('has workers that leave a run with %s alone', async (_, destination, settings, message) => {
    const fleet = await startLocalFleet(ahi)
    await using queue = createFleet({ connection: { url: fleet.redis.url } })
    const request = { datastoreId: 'f'.repeat(32), destination, settings: { selectors: 'all', ...settings } }
    const exporter: Pick<Exporter, 'selectImageSets'> = {
      async *selectImageSets() {
        yield { imageSetId: 'f'.repeat(32), versionId: '1', selectors: [] }
      },
    }
    await queue.submit({ exporter, request, selectors: 'all' })
    const { exitCode, stderr } = await fleet.run('work', '--until-empty')
    expect(stderr).toContain(message)
    expect(exitCode).toBe(1)
  })

  test('reaches Redis by TLS, with a password and a certificate', async () => {
    const pem = fileURLToPath(new URL('../../ahi-client/test/fixtures/localhost.pem', import.meta.url))
    const port = await freePort()
    const files = ['--tls-cert-file', pem, '--tls-key-file', pem, '--tls-ca-cert-file', pem]
    await using redis = await startRedis('--tls-port', `${port}`, ...files)
    await redis.client.call('ACL', 'SETUSER', 'fleet', 'on', '>hunter2', '~ahi-dicom:*', '&ahi-dicom:*', ...commands)
    await redis.client.call('ACL', 'SETUSER', 'default', 'off')
    const status = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliResult> =>
      await runCli(['fleet', 'status', '--redis', `rediss://localhost:${port}`, ...args], { env })
    const password = { AHI_DICOM_REDIS_PASSWORD: 'hunter2' }
    const certificate = ['--redis-ca', pem, '--redis-cert', pem, '--redis-key', pem]
    const untrusted = await status(['--redis-user', 'fleet'], password)
    expect(untrusted).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('(--redis-ca)') })
    const wrong = await status([...certificate, '--redis-user', 'fleet'], { AHI_DICOM_REDIS_PASSWORD: 'hunter3' })
    expect(wrong).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('check --redis-user and AHI_DICOM_REDIS_PASSWORD'),
    })
    expect(wrong.stderr).not.toContain('hunter')
    expect(await status([...certificate, '--redis-user', 'fleet'], password)).toMatchObject({ exitCode: 0, stderr: '' })
    const other = await status([...certificate, '--redis-user', 'fleet', '--redis-prefix', 'other'], password)
    expect(other).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('NOPERM') })
  })

  test('keeps credentials and settings of machines out of Redis', async () => {
    const fleet = await startLocalFleet(ahi)
    await fleet.submit('--where', 'Modality=CT')
    const keys = await fleet.redis.client.hgetall('ahi-dicom:fleet:runs')
    const [record] = Object.values(keys)
    expect(JSON.parse(record ?? '')).toMatchObject({
      settings: { selectors: 'all', where: ['Modality=CT'], format: 'dcm', transferSyntax: 'explicit' },
    })
    expect(record).not.toMatch(/secret|profile|endpoint|emulator/i)
  })

  test('writes its log and its results as JSON', async () => {
    const fleet = await startLocalFleet(ahi)
    const json = ['--json', '--log-format', 'json']
    const submitted = await fleet.run('submit', '--all', '--out', fleet.out, ...json)
    const [{ run } = {}] = parseJsonLines(submitted.stdout)
    expect(run).toMatchObject({ destination: fleet.out, state: 'submitted' })
    const worked = await fleet.run('work', '--until-empty', ...json)
    expect(parseJsonLines(worked.stdout)).toMatchObject([{ kind: 'work', jobs: 3, failed: 0 }])
    expect(parseJsonLines(worked.stderr).map(({ event }) => event)).toContain('run-opened')
  })

  test('counts what a list selects, and reports what is not there', async () => {
    const fleet = await startLocalFleet(ahi)
    const nowhere = 'f'.repeat(32)
    const imageSetId = ahi.imageSets[0]?.imageSetId ?? ''
    const submitted = await fleet.run('submit', imageSetId, nowhere, '--out', fleet.out, '--json')
    expect(submitted.exitCode).toBe(1)
    const [line = {}] = parseJsonLines(submitted.stdout)
    expect(line).toMatchObject({ imageSets: 1, added: 1, failures: 1 })
    await fleet.run('work', '--until-empty')
    const id = String(Reflect.get(Object(line['run']), 'id'))
    const report = await fleet.run('report', id)
    expect(report.exitCode).toBe(1)
    expect(await readFile(join(fleet.out, 'errors.ndjson'), 'utf8')).toContain(nowhere)
  })
})

async function errorLines(folder: string): Promise<readonly string[]> {
  const path = join(folder, 'errors.ndjson')
  return existsSync(path) ? (await readFile(path, 'utf8')).split('\n').toSorted() : []
}

/** Members of the summary that a fleet and a single export have in common. */
const common = ['outcome', 'instances', 'frames', 'files', 'bytesWritten', 'unverifiedInstances', 'errors', 'warnings']

async function summaryOf(folder: string): Promise<object> {
  const summary: object = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'))
  return Object.fromEntries(Object.entries(summary).filter(([name]) => common.includes(name)))
}
