import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { configSchema } from '../scripts/config-schema.ts'
import { makeFolder } from './support/export-folder.ts'
import { programForTests } from './support/program.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

const store = '0123456789abcdef0123456789abcdef'
const schemaPath = new URL('../schemas/config.schema.json', import.meta.url)

/** A command that stops after reading its options, because the endpoint is malformed. */
const probe = ['datastores', '--endpoint-url', 'none']

interface Files {
  /** Content of `ahi-dicom.config.json` in the working folder. */
  readonly folder?: unknown
  /** Content of the user's file. */
  readonly user?: unknown
  /** Content of `other.json` in the working folder. */
  readonly other?: unknown
}

async function runIn(
  files: Files,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult & { readonly folder: string }> {
  const folder = await makeFolder()
  const paths = { folder: 'ahi-dicom.config.json', user: 'xdg/ahi-dicom/config.json', other: 'other.json' }
  for (const [name, path] of Object.entries(paths)) {
    const content: unknown = Reflect.get(files, name)
    if (content === undefined) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const result = await runCli(args, { cwd: folder, env: { XDG_CONFIG_HOME: join(folder, 'xdg'), ...env } })
  return { ...result, folder }
}

describe('a configuration file', () => {
  test.each<[string, Files, string[], Record<string, string>, string]>([
    ['sets options of every command', { folder: { endpointUrl: 'folder' } }, ['datastores'], {}, "'folder'"],
    ['of the user does, too', { user: { endpointUrl: 'user' } }, ['datastores'], {}, "'user'"],
    [
      'in the working folder comes before that of the user',
      { folder: { endpointUrl: 'folder' }, user: { endpointUrl: 'user' } },
      ['datastores'],
      {},
      "'folder'",
    ],
    [
      'comes after the environment',
      { folder: { endpointUrl: 'folder' } },
      ['datastores'],
      { AWS_ENDPOINT_URL: 'environment' },
      "'environment'",
    ],
    ['comes after the command line', { folder: { endpointUrl: 'folder' } }, probe, {}, "'none'"],
    [
      'is left out with --no-config',
      { folder: { endpointUrl: 'folder' }, user: 'x' },
      ['datastores', '--no-config'],
      { AWS_ENDPOINT_URL: 'environment' },
      "'environment'",
    ],
    [
      'is replaced by --config',
      { folder: { endpointUrl: 'folder' }, other: { endpointUrl: 'other' } },
      ['datastores', '--config', 'other.json'],
      {},
      "'other'",
    ],
  ])('%s', async (_, files, args, env, expected) => {
    const { exitCode, stderr } = await runIn(files, args, env)
    expect(stderr).toContain(`Cannot use the endpoint ${expected}`)
    expect(exitCode).toBe(2)
  })

  test('has a section for each command', async () => {
    const folder = { datastoreId: store, export: { window: '40,400' }, search: { studyDate: '20240101' } }
    const { stderr } = await runIn({ folder }, ['export', '--all', '--out', 'x'])
    expect(stderr).toContain('give --format png')
    const other = await runIn({ folder }, ['series', '--study', '1.2', '--endpoint-url', 'none'])
    expect(other.stderr).toContain("Cannot use the endpoint 'none'")
  })

  test('may name the folder that a sync needs', async () => {
    const folder = { datastoreId: store, endpointUrl: 'none', sync: { out: 'nightly', all: true } }
    expect((await runIn({ folder }, ['sync'])).stderr).toContain("Cannot use the endpoint 'none'")
    const { exitCode, stderr } = await runIn({}, ['sync', '--all', '--datastore-id', store])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('give --out DESTINATION'),
    })
  })

  test('lists the values of an option that may be given several times', async () => {
    const folder = { maxRate: ['GetImageFrame=5', 'SearchImageSets=2'], export: { where: ['Modality=CT', 'Rows>1'] } }
    const { stderr } = await runIn({ folder }, probe)
    expect(stderr).toContain("Cannot use the endpoint 'none'")
    const wrong = await runIn({ folder: { maxRate: ['GetImageFrame=5', 'SearchImageSets=none'] } }, probe)
    expect(wrong.stderr).toContain("Cannot use 'SearchImageSets=none' as --max-rate")
  })

  test('names the Redis of a fleet, with settings for each of its commands', async () => {
    const fleet = { redis: 'redis://127.0.0.1:1', submit: { format: 'tiff' } }
    const { exitCode, stderr } = await runIn({ folder: { fleet } }, ['fleet', 'status'])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("'fleet.submit.format'"),
    })
    const right = await runIn({ folder: { fleet: { redis: fleet.redis } } }, ['fleet', 'status'])
    expect(right.stderr).toContain('Cannot reach Redis at redis://127.0.0.1:1/0')
    const other = { AHI_DICOM_REDIS_URL: 'redis://127.0.0.1:2' }
    const environment = await runIn({ folder: { fleet: { redis: fleet.redis } } }, ['fleet', 'status'], other)
    expect(environment.stderr).toContain('Cannot reach Redis at redis://127.0.0.1:2/0')
  })

  test('has no password of Redis', async () => {
    const folder = { fleet: { redis: 'redis://:hunter2@127.0.0.1:1' } }
    const { exitCode, stderr } = await runIn({ folder }, ['fleet', 'status'])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('AHI_DICOM_REDIS_PASSWORD'),
    })
    expect(stderr).not.toContain('hunter2')
  })

  test('gives way to options of the command line that exclude its own', async () => {
    const folder = { datastoreId: store, export: { resume: true, out: 'out' } }
    const { stderr } = await runIn({ folder }, ['export', '--all', '--overwrite', '--endpoint-url', 'none'])
    expect(stderr).toContain("Cannot use the endpoint 'none'")
  })

  test('sets how messages are written', async () => {
    const { stderr } = await runIn({ folder: { logFormat: 'json' } }, probe)
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ schemaVersion: 1 })
  })

  test.each<[string, Files, string[]]>([
    ['the file is wrong', { folder: { logFormat: 'json', regoin: 'x' } }, probe],
    ['the file of the user is wrong', { folder: { logFormat: 'json' }, user: { regoin: 'x' } }, probe],
    ['an option is unknown', { folder: { logFormat: 'json' } }, ['plan', '--nope']],
    [
      'an option is unknown, with a file of its own',
      { other: { logFormat: 'json' } },
      ['plan', '--nope', '--config', 'other.json'],
    ],
    ['no command is given', { folder: { logFormat: 'json' } }, []],
  ])('sets how messages are written if %s', async (_, files, args) => {
    const { exitCode, stdout, stderr } = await runIn(files, args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines[0]).toMatchObject({ schemaVersion: 1, event: 'failed', code: 'USAGE' })
    expect(lines.at(-1)).toMatchObject({ event: 'end', exitCode: 2 })
  })

  test.each<[string, unknown, string]>([
    ['no JSON', 'region: x', 'it is not valid JSON'],
    ['no object', [], 'it must be a JSON object'],
    ['an unknown name', { regoin: 'x' }, "Cannot use 'regoin'"],
    ['the name of an option as it is on the command line', { 'log-level': 'info' }, "Cannot use 'log-level'"],
    ['an unknown name of another command', { search: { studdy: '1' } }, "Cannot use 'search.studdy'"],
    ['an option of every command below one', { export: { region: 'x' } }, 'put it at the top of the file'],
    ['a section that is no object', { export: true }, "Cannot use 'export'"],
    ['a text for a switch', { json: 'yes' }, "Cannot use 'json'"],
    ['a switch for a text', { region: true }, "Cannot use 'region'"],
    ['a list for a text', { region: ['a'] }, "Cannot use 'region'"],
    ['an unknown choice', { logLevel: 'loud' }, "Cannot use 'logLevel'"],
    ['a malformed number', { export: { threads: 'many' } }, "Cannot use 'export.threads'"],
    ['null', { export: { threads: null } }, "Cannot use 'export.threads'"],
    ['options that exclude each other', { export: { resume: true, overwrite: true } }, "excludes 'overwrite'"],
    ['a secret', { emulate: { accessKey: 'a:b' } }, 'secrets are not allowed in this file'],
    ['another configuration file', { config: 'x' }, "Cannot use 'config'"],
    ['a name of all objects', '{"__proto__": {"region": "x"}, "constructor": 1}', "Cannot use '__proto__'"],
  ])('with %s is a usage error that names it', async (_, folder, message) => {
    const { exitCode, stdout, stderr, folder: path } = await runIn({ folder }, probe)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain(join(path, 'ahi-dicom.config.json'))
  })

  test('that is named and not there is a usage error', async () => {
    const { exitCode, stderr } = await runIn({}, [...probe, '--config', 'nowhere.json'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('nowhere.json: there is no such file')
  })

  test('that is wrong does not keep the help away', async () => {
    expect(await runIn({ folder: 'x' }, ['help', 'exit-codes'])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await runIn({ folder: 'x' }, ['export', '--help'])).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('the schema of configuration files', () => {
  test('has all options; `npx vitest run -u` writes it anew', async () => {
    const text = `${JSON.stringify(configSchema(programForTests()), null, 2)}\n`
    await expect(text).toMatchFileSnapshot(schemaPath.pathname)
  })

  test('accepts what the command accepts, and nothing else', async () => {
    const schema: object = JSON.parse(await readFile(schemaPath, 'utf8'))
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [, example = ''] = /## Configuration file.*?```json\n(.*?)```/s.exec(readme) ?? []
    expect(validate(JSON.parse(example))).toBe(true)
    expect(validate({ emulate: { import: ['a', 'b'] } })).toBe(true)
    for (const wrong of [
      { regoin: 'x' },
      { export: { resume: 'x' } },
      { logLevel: 'loud' },
      { emulate: { accessKey: '' } },
    ])
      expect(validate(wrong)).toBe(false)
  })
})
