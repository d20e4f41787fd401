import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder } from './support/export-folder.ts'
import { hasRedis, startRedis, type RedisServer } from '../../fleet/test/redis-server.ts'
import { marker, markedStudy } from './support/marked-files.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

const sdk = new URL('support/telemetry-sdk.ts', import.meta.url).href
const nowhere = 'f'.repeat(32)
const secrets = {
  AWS_ACCESS_KEY_ID: 'AKIDSECRETKEY',
  AWS_SECRET_ACCESS_KEY: 'SECRETKEY',
  AWS_SESSION_TOKEN: 'SECRETTOKEN',
}
let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
  await emulator.importDicom(markedStudy())
})
afterAll(() => emulator.close())

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const local = { AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint, AWS_REGION: 'us-east-1' }
  return await runCli(args, { env: { ...local, ...secrets, AHI_DATASTORE_ID: emulator.datastoreId, ...env } })
}

/** Returns the names of all files below a folder, and the contents of its JSON files. */
function recordOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const contents = names.filter((name) => name.endsWith('json')).map((name) => readFileSync(join(folder, name), 'utf8'))
  return [...names, ...contents].join('\n')
}

function expectClean(text: string): void {
  expect(text).not.toContain(marker)
  expect(text).not.toMatch(/SECRET/)
}

test('the files of an export have the text of the study; messages, record, names and telemetry do not', async () => {
  const [out, telemetry] = [join(await makeFolder(), 'out'), join(await makeFolder(), 'telemetry.json')]
  const env = { NODE_OPTIONS: `--import=${sdk}`, TELEMETRY_FILE: telemetry }
  const args = ['export', '--all', '--out', out, '--format', 'dcm,png', '--json', '--log-format', 'json']
  const { exitCode, stdout, stderr } = await run([...args, '--log-level', 'debug'], env)
  expect(exitCode).toBe(0)
  const [file = ''] = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
  expect(readFileSync(join(out, file), 'latin1')).toContain(marker)
  expectClean([stdout, stderr, recordOf(out), readFileSync(telemetry, 'utf8')].join('\n'))
  const verified = await run(['verify', out, '--json'])
  expectClean(verified.stdout + verified.stderr)
})

test.each(['text', 'json'])('failures do not tell it either, in %s', async (format) => {
  await using proxy = await startAlteringProxy(emulator.endpoint, (answer, path) => {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ResourceNotFoundException' }
    return path.endsWith('/getImageFrame') ? { status: 404, headers, body: Buffer.from('{"message":"no"}') } : answer
  })
  const out = join(await makeFolder(), 'out')
  const args = ['export', '--all', '--out', out, '--log-format', format, '--log-level', 'debug']
  const failed = await run(args, { AWS_ENDPOINT_URL_MEDICAL_IMAGING: proxy.endpoint })
  expect(failed.exitCode).not.toBe(0)
  expectClean([failed.stdout, failed.stderr, recordOf(out)].join('\n'))
  const refused = await run(['metadata', nowhere, '--log-format', format, '--log-level', 'debug'])
  expect(refused.exitCode).toBe(1)
  expectClean(refused.stdout + refused.stderr)
})

test('search tells it only if asked', async () => {
  const { stdout, stderr } = await run(['search', '--json', '--log-level', 'debug'])
  expectClean(stdout + stderr)
  expect((await run(['search', '--json', '--show-patient'])).stdout).toContain(marker)
})

test('the file of a table has what is asked for; messages, and the default columns, do not', async () => {
  const file = join(await makeFolder(), 'table.parquet')
  const columns = 'PatientName,PatientID,AccessionNumber,StudyDate,SliceThickness,InstanceNumber'
  const args = ['table', '--all', '--level', 'study', '--json', '--log-level', 'debug']
  const { exitCode, stdout, stderr } = await run([...args, '--columns', columns, '--out', file])
  expect(exitCode).toBe(0)
  expectClean(stdout + stderr)
  expect(readFileSync(file, 'latin1')).toContain(marker)
  for (const level of ['instance', 'series', 'study']) {
    const shown = await run(['table', '--all', '--level', level, '--log-level', 'debug'])
    expect(shown.exitCode).toBe(0)
    expectClean(shown.stdout + shown.stderr)
  }
})

test.skipIf(!hasRedis)(
  'Redis, messages and metrics of a fleet have neither text of the study nor credentials',
  async () => {
    await using redis = await startRedis()
    const env = { AHI_DICOM_REDIS_URL: redis.url }
    const out = join(await makeFolder(), 'out')
    const json = ['--json', '--log-format', 'json', '--log-level', 'debug']
    const submitted = await run(['fleet', 'submit', '--all', '--out', out, ...json], env)
    const worked = await run(['fleet', 'work', '--until-empty', ...json], env)
    const status = await run(['fleet', 'status', ...json], env)
    expect([submitted, worked, status].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    const { run: { id = '' } = {} }: { run?: { id?: string } } = JSON.parse(submitted.stdout)
    const stored = await contentOf(redis.client)
    expect(stored).toContain(id)
    const report = await run(['fleet', 'report', id, ...json], env)
    expect(report.exitCode).toBe(0)
    expectClean([stored, recordOf(out)].join('\n'))
    for (const { stdout, stderr } of [submitted, worked, status, report]) expectClean(stdout + stderr)
  },
)

/** Returns all keys and values of a Redis as text. */
async function contentOf(redis: RedisServer['client']): Promise<string> {
  const keys = await redis.keys('*')
  const values = keys.map(async (key): Promise<unknown> => {
    const type = await redis.type(key)
    if (type === 'hash') return await redis.hgetall(key)
    if (type === 'list') return await redis.lrange(key, 0, -1)
    if (type === 'set') return await redis.smembers(key)
    if (type === 'zset') return await redis.zrange(key, '0', '-1')
    return type === 'stream' ? await redis.xrange(key, '-', '+') : await redis.get(key)
  })
  return JSON.stringify([keys, await Promise.all(values)])
}
