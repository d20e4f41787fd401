import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonDocs, type Schema } from '../scripts/json-docs.ts'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { hasRedis, startLocalFleet } from './support/local-fleet.ts'
import { startCli } from './support/run-cli.ts'

const folder = fileURLToPath(new URL('../schemas/', import.meta.url))
const nowhere = 'f'.repeat(32)
/** The schema of configuration files, which the command reads and does not write. */
const configSchema = 'config.schema.json'

const schemas = new Map<string, Schema>(
  readdirSync(folder)
    .filter((name) => name !== configSchema)
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
)

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** Returns the errors of values by a schema. Unknown members are errors. */
function problemsOf(name: string, values: readonly unknown[]): unknown[] {
  const schema = schemas.get(`${name}.schema.json`)
  const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT.*Z$/, uri: /^https?:/ } })
  const validate = ajv.compile(closed(schema ?? {}))
  return values.flatMap((value) => (validate(value) ? [] : [{ value, errors: validate.errors }]))
}

/** Returns the schema with unknown members forbidden. The published schemas allow them. */
function closed(value: unknown): object {
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'object' ? closed(item) : item))
  const entries = Object.entries(Object(value)).map(([name, member]) => [
    name,
    typeof member === 'object' && member !== null ? closed(member) : member,
  ])
  const schema: Record<string, unknown> = Object.fromEntries(entries)
  return schema['type'] === 'object' && schema['properties'] !== undefined
    ? { additionalProperties: false, ...schema }
    : schema
}

async function linesOf(args: readonly string[]): Promise<unknown[]> {
  return parseJsonLines((await ahi.run([...args, '--json'])).stdout)
}

function linesOfFile(path: string): unknown[] {
  return parseJsonLines(readFileSync(path, 'utf8'))
}

/** Makes output to check against each schema. A schema without an entry fails the test. */
const outputs: Readonly<Record<string, () => Promise<readonly unknown[]>>> = {
  datastores: () => linesOf(['datastores']),
  search: async () => [...(await linesOf(['search'])), ...(await linesOf(['search', '--show-patient']))],
  series: () => linesOf(['series', '--study', ahi.studyInstanceUid]),
  export: async () => {
    const out = await makeFolder()
    const id = ahi.imageSets[0]?.imageSetId ?? ''
    return [
      ...(await linesOf(['export', '--all', '--out', out, '--format', 'dcm,png'])),
      ...(await linesOf(['export', nowhere, id, '--out', await makeFolder()])),
      ...(await linesOf(['export', '1.2.3', '--out', await makeFolder()])),
    ]
  },
  plan: async () => [
    ...(await linesOf(['plan', '--all', '--image-sets', '--out', await makeFolder(), '--rate', '1M'])),
    ...(await linesOf(['plan', nowhere, '--format', 'dcm,png'])),
    ...(await linesOf(['plan', '--all', '--where', 'SliceThickness>0', '--modality', 'CT'])),
  ],
  table: async () => [
    ...(await linesOf(['table', '--all', '--level', 'series', '--columns', 'PatientName,InstanceNumber'])),
    ...(await linesOf(['table', '--all', '--out', join(await makeFolder(), 't.parquet')])),
    ...(await linesOf(['table', nowhere])),
  ],
  thumbnails: async () => [
    ...(await linesOf(['thumbnails', '--all', '--size', '64', '--out', await makeFolder()])),
    ...(await linesOf(['thumbnails', nowhere, '--out', await makeFolder()])),
  ],
  sync: async () => {
    const out = await makeFolder()
    const first = await linesOf(['sync', '--all', '--out', out, '--header-only'])
    return [...first, ...(await linesOf(['sync', '--all', '--out', out]))]
  },
  diff: async () => {
    const [a, b] = [await exported('--layout', '{SOPInstanceUID}'), await exported('--layout', '{SOPInstanceUID}')]
    const [first = '', second = '', third = ''] = readdirSync(a).filter((path) => path.endsWith('.dcm'))
    rmSync(join(a, first))
    rmSync(join(b, second))
    copyFileSync(join(a, third), join(a, 'copy.dcm'))
    writeFileSync(join(b, 'notes.txt'), 'no instance')
    const bytes = readFileSync(join(b, third))
    writeFileSync(join(b, third), bytes.subarray(0, bytes.byteLength - 2))
    const different = await linesOf(['diff', a, b, '--show-values'])
    const headers = await exported('--header-only', '--layout', '{SOPInstanceUID}')
    return [...different, ...(await linesOf(['diff', b, headers, '--strict', '--show-values']))]
  },
  demo: async () => linesOf(['demo', '--out', join(await makeFolder(), 'demo')]),
  summary: async () => {
    const out = await exported()
    const summary = (): unknown => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
    const first = summary()
    await ahi.run(['sync', '--out', out])
    return [first, summary()]
  },
  fleet: async () => {
    const fleet = await startLocalFleet(ahi)
    const json = async (...args: readonly string[]): Promise<unknown[]> =>
      parseJsonLines((await fleet.run(...args, '--json')).stdout)
    const submitted = await json('submit', '--all', '--out', fleet.out)
    const run = await fleet.submit()
    const changed = [...(await json('pause', run)), ...(await json('resume', run)), ...(await json('retry', run))]
    const worker = fleet.start('work', '--json')
    await fleet.run('status', run, '--watch')
    const status = [...(await json('status')), ...(await json('status', run))]
    worker.child.kill('SIGTERM')
    const worked = parseJsonLines((await worker.result).stdout)
    const refused = await json('work', '--until-empty', '--accept', 's3://bucket')
    const report = await json('report', run)
    return [...submitted, ...changed, ...status, ...worked, ...refused, ...report, ...(await json('forget', run))]
  },
  flushed: async () => [JSON.parse(readFileSync(join(await exported(), 'flushed.json'), 'utf8'))],
  'export-json': async () => [JSON.parse(readFileSync(join(await exported(), 'export.json'), 'utf8'))],
  manifest: async () => linesOfFile(join(await exported(), 'manifest.ndjson')),
  errors: async () => linesOfFile(join(await exported(nowhere), 'errors.ndjson')),
  warnings: async () => {
    // Frames that do not decode, so the export fetches whole instances and warns.
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer, path) =>
      path.endsWith('/getImageFrame') ? { ...answer, body: Buffer.alloc(answer.body.byteLength) } : answer,
    )
    return linesOfFile(join(await exported('--endpoint-url', proxy.endpoint), 'warnings.ndjson'))
  },
  ping: async () => linesOf(['ping', await makeFolder()]),
  verify: async () => {
    const out = await exported()
    const whole = await linesOf(['verify', out])
    const [first = ''] = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.dcm'))
    rmSync(join(out, first))
    return [...whole, ...(await linesOf(['verify', out]))]
  },
  report: async () => linesOf(['report', await exported()]),
  emulate: async () => {
    const files = [await exported(), join(folder, 'log.schema.json')]
    const { child, result, saw } = startCli(['emulate', '--import', ...files, '--json'])
    await saw('"rejected"')
    child.kill('SIGTERM')
    return parseJsonLines((await result).stdout)
  },
  log: async () => {
    const json = ['--log-format', 'json', '--log-level', 'debug']
    const [a, b] = [await exported(), await exported()]
    const runs = [
      await ahi.run(['export', '--all', '--out', await makeFolder(), ...json]),
      await ahi.run(['export', nowhere, '--out', await makeFolder(), ...json]),
      await ahi.run(['sync', '--all', '--dry-run', '--out', await makeFolder(), ...json]),
      await ahi.run(['metadata', nowhere, ...json]),
      await ahi.run(['export', '--nope', ...json]),
      await ahi.run(['plan', '--all', ...json]),
      await ahi.run(['verify', a, ...json]),
      await ahi.run(['diff', a, b, ...json]),
    ]
    return runs.flatMap(({ stderr }) => parseJsonLines(stderr))
  },
}

/** Runs an export. Returns its folder. */
async function exported(...args: readonly string[]): Promise<string> {
  const out = await makeFolder()
  const selected = args.some((arg) => !arg.startsWith('--') && arg === nowhere) ? [] : ['--all']
  await ahi.run(['export', ...selected, ...args, '--out', out])
  return out
}

describe('what the command writes is as the schema says', () => {
  const names = [...schemas.keys()].map((file) => file.replace('.schema.json', ''))
  test.each(names.filter((name) => hasRedis || name !== 'fleet'))('%s', async (name) => {
    const output = outputs[name]
    if (output === undefined) throw new Error(`Expected an output of \`${name}\` to check`)
    const values = await output()
    expect(values.length).toBeGreaterThan(0)
    expect(problemsOf(name, values)).toEqual([])
  })
})

test('a schema finds members that are missing, wrong or new', () => {
  const line = { datastoreId: 'd', code: 'X', message: 'm', retryable: false }
  expect(problemsOf('errors', [line])).toEqual([])
  for (const wrong of [
    { ...line, code: undefined },
    { ...line, retryable: 'no' },
    { ...line, patientName: 'x' },
  ]) {
    expect(problemsOf('errors', [wrong])).toHaveLength(1)
  }
})

test('docs/json.md is made from the schemas; `npx vitest run -u` writes it anew', async () => {
  await expect(jsonDocs(schemas)).toMatchFileSnapshot(fileURLToPath(new URL('../../../docs/json.md', import.meta.url)))
})
