import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defaultLayout as layoutOfExports } from '@ahi-dicom/export-files'
import { exitCodes } from '@ahi-dicom/cli'
import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { defaultLayout } from '../src/definitions/default-layout.ts'
import { runCli } from './support/run-cli.ts'

const fleetCommands = ['submit', 'work', 'status', 'pause', 'resume', 'cancel', 'retry', 'forget', 'report']
const store = '0123456789abcdef0123456789abcdef'

describe('help', () => {
  test('leads a newcomer from demo to export, with the environment and where the exit codes are', async () => {
    const { exitCode, stdout, stderr } = await runCli(['--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const command of [
      'datastores',
      'search',
      'series',
      'metadata',
      'table',
      'plan',
      'export',
      'fleet',
      'verify',
      'emulate',
      'demo',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
    }
    expect(stdout).toContain('ahi-dicom demo')
    expect(stdout).toContain('ahi-dicom help exit-codes')
    expect(stdout).toContain('AHI_DATASTORE_ID')
  })

  test.each([
    ['datastores'],
    ['search'],
    ['series'],
    ['metadata'],
    ['table'],
    ['plan'],
    ['export'],
    ['verify'],
    ['emulate'],
    ['demo'],
    ['fleet'],
    ...fleetCommands.map((name) => ['fleet', name]),
  ])('%s %s has a description, examples and where the exit codes are', async (...command) => {
    const { exitCode, stdout } = await runCli([...command, '--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Usage: ahi-dicom .*\n\n[A-Z].*\.\n/)
    expect(stdout).toMatch(/^Examples?:\n {2}ahi-dicom /m)
    expect(stdout).toContain('ahi-dicom help exit-codes')
    expect(stdout).toContain('--endpoint-url')
  })

  test.each([
    ['datastores'],
    ['search', '--where', '--ids'],
    ['series', '--where', '--ids'],
    ['metadata', '--version'],
    ['table', '--columns', '--level', '--out'],
    ['plan', '--out', '--where'],
    ['export', '--out', '--resume'],
    ['sync', '--out', '--where', '--delete', '--dry-run'],
    ['verify', '--show-paths'],
    ['diff', '--strict'],
    ['emulate', '--import', '--faults'],
    ['demo', '--out'],
    ['fleet', '--redis'],
    ['fleet submit', '--out', '--where', '--redis'],
    ['fleet work', '--until-empty', '--grace', '--accept', '--redis'],
    ['fleet status', '--watch', '--redis'],
    ['fleet report', '--redis'],
    ['fleet pause', '--help'],
  ])(
    '%s -h fits on a screen, with the options used most, one example and where the rest is',
    async (command, ...options) => {
      const words = command.split(' ')
      const { exitCode, stdout } = await runCli([...words, '-h'])
      expect(exitCode).toBe(0)
      for (const option of options) expect(stdout).toMatch(new RegExp(`\n  (?:-h, )?${option} `))
      expect(stdout.split('\n').length).toBeLessThanOrEqual(24)
      expect(stdout).toMatch(/^Example:\n {2}ahi-dicom .*\n\n/m)
      expect(stdout).toContain(`All options: ahi-dicom ${command} --help`)
      expect(stdout).not.toContain('--endpoint-url')
      expect(await runCli(['help', ...words])).toEqual(await runCli([...words, '--help']))
    },
  )

  test('-h shows the commands', async () => {
    const { stdout } = await runCli(['-h'])
    expect(stdout).toMatch(/^ {2}export /m)
    expect(stdout).toContain('All options: ahi-dicom --help')
    expect(stdout.length).toBeLessThan((await runCli(['--help'])).stdout.length)
  })

  test('has the exit codes on a page of their own', async () => {
    const { exitCode, stdout } = await runCli(['help', 'exit-codes'])
    expect(exitCode).toBe(0)
    for (const code of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^ {2}${code} `, 'm'))
  })

  test.each(['environment', 'selection', 'destinations', 'configuration'])('has the topic %s', async (topic) => {
    expect(await runCli(['help', topic])).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('names the default layout of exports', () => {
    expect(defaultLayout).toBe(layoutOfExports)
  })

  test('and version load nothing but the parser, and what checks texts', async () => {
    const probe = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
      process.argv = ['node', 'ahi-dicom', process.argv[1]]
      process.on('exit', () => process.stderr.write(loaded.join('\\n')))
      await import(${JSON.stringify(new URL('../src/bin.ts', import.meta.url).href)})`
    for (const flag of ['--help', '--version']) {
      const run = promisify(execFile)
      const args = ['--conditions=@ahi-dicom/source', '--input-type=module', '-e', probe, '--', flag]
      const { stdout, stderr } = await run(process.execPath, args, {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
      })
      expect(stdout).not.toBe('')
      expect(stderr).toContain('commander')
      expect(stderr).not.toMatch(
        /aws-sdk|smithy|dcmjs|ahi-emulator|packages\/(?!cli\/|ahi-metadata\/src\/printable|export-files\/src\/(?:writers|destination\/writer-names)|exporter-dimse\/src\/ae-title|exporter-s3\/src\/names)/,
      )
    }
  })
})

test('--version prints the version of the package', async () => {
  expect((await runCli(['--version'])).stdout).toBe(`${manifest.version}\n`)
})

const usageErrors: [string, string[], string][] = [
  ['no command', [], 'Usage: ahi-dicom'],
  ['no command of a fleet', ['fleet'], 'Usage: ahi-dicom fleet'],
  ['an unknown command of a fleet', ['fleet', 'sumbit'], 'Did you mean submit?'],
  ['parts of nothing', ['fleet', 'submit', '--instances-per-part', '0'], 'give a whole number from 1'],
  ['a fleet without Redis', ['fleet', 'status'], 'set AHI_DICOM_REDIS_URL'],
  ['an unknown command', ['exprot'], 'Did you mean export?'],
  ['an unknown option', ['search', '--studdy', '1.2'], 'Did you mean --study?'],
  ['an unknown topic of the help', ['help', 'exit-kodes'], 'one of exit-codes'],
  ['an unknown log format', ['datastores', '--log-format', 'xml'], 'text, json'],
  ['no data store', ['search'], 'give --datastore-id or set AHI_DATASTORE_ID'],
  ['a malformed data store id', ['search', '--datastore-id', 'NOT-AN-ID'], "Cannot use the data store id 'NOT-AN-ID'"],
  ['a malformed selector of a study', ['series', '--study', '1//2', '--datastore-id', store], "Cannot select '1//2'"],
  ['a malformed image set id', ['metadata', 'xyz', '--datastore-id', store], "Cannot use the image set id 'xyz'"],
  ['a malformed selector', ['export', '/xyz', '--out', 'x', '--datastore-id', store], "Cannot select '/xyz'"],
  ['a selector of too many parts', ['export', '1/2/3/4', '--out', 'x', '--datastore-id', store], 'Cannot select'],
  ['no selector', ['export', '--out', 'x', '--datastore-id', store], 'or give --all'],
  ['no selector and no record', ['export', '--out', 'x', '--resume', '--datastore-id', store], 'no export.json'],
  ['selectors and --all', ['export', '1.2', '--all', '--out', 'x', '--datastore-id', store], 'leave one of them out'],
  ['no folder', ['export', '--all', '--datastore-id', store], 'give --out DESTINATION'],
  ['an unknown format', ['export', '--all', '--out', 'x', '--format', 'jpeg'], 'give one or more of dcm, png, jpg'],
  ['an unknown transfer syntax', ['export', '--all', '--out', 'x', '--transfer-syntax', 'jpeg'], 'explicit, stored'],
  [
    'an unknown layout keyword',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--layout', '{PatientNane}'],
    '"PatientNane" is not a keyword',
  ],
  ['resume and overwrite', ['export', '--all', '--out', 'x', '--resume', '--overwrite'], 'cannot be used with'],
  [
    'picture options without pictures',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--window', '1,2'],
    'give --format png',
  ],
  [
    'overlays without pictures',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--overlays'],
    'give --format png',
  ],
  [
    'a quality without JPEG and WebP',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'png', '--quality', '80'],
    'give --format jpg or webp',
  ],
  ['a quality of 0', ['export', '--all', '--out', 'x', '--format', 'jpg', '--quality', '0'], 'from 1 to 100'],
  ['a size of 0', ['export', '--all', '--out', 'x', '--format', 'jpg', '--size', '0'], 'from 1 to 65535'],
  [
    'an animation without a format for it',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'jpg', '--cine'],
    'give --format webp or gif',
  ],
  [
    'a layout of contact sheets without sheets',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--sheet-tiles', '9'],
    'give --contact-sheet',
  ],
  [
    'a contact sheet that is too large',
    ['export', '--all', '--out', 'x', '--contact-sheet', '--sheet-tile-size', '9000'],
    'from 16 to 4096',
  ],
  [
    'tiles that make a contact sheet too large',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--contact-sheet', '--sheet-tiles', '10000'],
    'give a smaller --sheet-tiles or --sheet-tile-size, or more --sheet-columns',
  ],
  [
    'frames of contact sheets',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'contact-sheet', '--frame', '1'],
    'give --sheet-tiles',
  ],
  [
    'contact sheets on media',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--contact-sheet', '--dicomdir'],
    'media hold only DICOM files',
  ],
  [
    'contact sheets of headers',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--contact-sheet', '--header-only'],
    'it reads no pixels',
  ],
  [
    'a depth of PNGs without PNGs',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'jpg', '--png-bits', '16'],
    'give --format png',
  ],
  [
    'what to do about gaps without volumes',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--gaps', 'fill'],
    'give --format nii, nii.gz, npz or zarr',
  ],
  [
    'a layout of series without volumes',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--series-layout', '{Modality}'],
    'give --format nii, nii.gz, npz or zarr',
  ],
  [
    'a layout of series by instances',
    [
      'export',
      '--all',
      '--out',
      'x',
      '--datastore-id',
      store,
      '--format',
      'nii',
      '--series-layout',
      '{SOPInstanceUID}',
    ],
    'it may use only attributes',
  ],
  ['unknown values of volumes', ['export', '--all', '--out', 'x', '--format', 'nii', '--values', 'hu'], 'real-world'],
  [
    'volumes without pixels',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'nii', '--header-only'],
    'it reads no pixels',
  ],
  [
    'a window for volumes',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'nii', '--window', '1,2'],
    'give --format png',
  ],
  [
    'volumes on media',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--format', 'nii', '--layout', 'media'],
    'media hold only DICOM files',
  ],
  [
    'a layout of a fleet that may give two volumes one path',
    ['fleet', 'submit', '--all', '--out', '/tmp/x', '--format', 'nii', '--series-layout', '{SeriesInstanceUID}'],
    'use a layout with {StudyInstanceUID}, {SeriesInstanceUID}',
  ],
  ['gaps without volumes', ['fleet', 'submit', '--all', '--out', '/tmp/x', '--gaps', 'fill'], 'no volume is written'],
  ['frame 0', ['export', '--all', '--out', 'x', '--frame', '0'], 'give numbers from 1'],
  ['a mode for a bucket', ['export', '--all', '--out', 's3://bucket', '--mode', '0640'], 'it applies to NAME.zip'],
  ['a mode that is none', ['export', '--all', '--out', 'x', '--mode', 'u=rw'], 'give permissions in octal'],
  ['a mode that shuts the owner out', ['export', '--all', '--out', 'x', '--mode', '0440'], 'able to read and write'],
  [
    'a mode with more than permissions',
    ['export', '--all', '--out', 'x', '--mode', '4755'],
    'give permissions in octal',
  ],
  ['window 0', ['export', '--all', '--out', 'x', '--window-index', '0'], 'give a whole number from 1'],
  [
    'a window and the number of one',
    ['export', '--all', '--out', 'x', '--window', '1,2', '--window-index', '1'],
    'cannot be used with',
  ],
  ['a malformed window', ['export', '--all', '--out', 'x', '--window', '1'], 'give centre and width'],
  ['a malformed number', ['export', '--all', '--out', 'x', '--threads', 'many'], 'give a whole number'],
  [
    'a version of several',
    ['export', '--all', '--out', 'x', '--datastore-id', store, '--version-id', '1'],
    'exactly one image set',
  ],
  ['a version without a value', ['export', 'xyz', '--out', 'x', '--version'], "'--version <number>' argument missing"],
  ['a malformed version', ['export', 'xyz', '--out', 'x', '--version', 'one'], "Cannot use the version id 'one'"],
  ['a list that is not there', ['export', '@nowhere', '--out', 'x', '--datastore-id', store], "from 'nowhere'"],
  ['a list that is a folder', ['export', '@test', '--out', 'x', '--datastore-id', store], 'it is a folder'],
  ['a date that does not exist', ['search', '--where', 'StudyDate=20230230', '--datastore-id', store], 'is not a date'],
  ['an unknown keyword', ['export', '--where', 'Modalty=CT', '--out', 'x', '--datastore-id', store], "'Modalty' is no"],
  ['a malformed exclusion', ['search', '--exclude', '1//2', '--datastore-id', store], "Cannot select '1//2'"],
  ['an exclusion from nowhere', ['search', '--exclude', '@nowhere', '--datastore-id', store], "from 'nowhere'"],
  ['two lists of one input', ['search', '-', '--exclude', '-', '--datastore-id', store], 'as @FILE'],
  [
    'an unknown SOP class',
    ['search', '--sop-class', 'CT', '--datastore-id', store],
    'is not the name of a storage SOP class',
  ],
  ['two forms of a list', ['search', '--ids', '--json', '--datastore-id', store], 'leave one of them out'],
  ['a malformed date', ['search', '--study-date', 'yesterday', '--datastore-id', store], 'such as 20240101..20241231'],
  ['a malformed endpoint', ['datastores', '--endpoint-url', 'localhost:9000'], 'it must be an http or https URL'],
  ['an unknown log level', ['datastores', '--log-level', 'loud'], 'error, warn, info, debug'],
  ['a folder without an export', ['verify', 'test'], 'manifest.ndjson'],
]

test.each(usageErrors)('%s is a usage error', async (_, args, message) => {
  const { exitCode, stdout, stderr } = await runCli(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/^ {4}at /m)
})
