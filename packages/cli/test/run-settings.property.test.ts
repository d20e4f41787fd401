import { assert, constant, constantFrom, double, integer, property, subarray, tuple, type Arbitrary } from 'fast-check'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addFileOptions } from '../src/definitions/file-options.ts'
import { hideRefused, readSettings } from '../src/definitions/fleet/setting-options.ts'
import { addFilterOptions } from '../src/definitions/selection-options.ts'
import { configurableOptions } from '../src/config/configurable.ts'
import { addDestinationOptions } from '../src/destinations/destination-kinds.ts'
import { formatSettings, type RunSettings } from '../src/fleet/run-settings.ts'

function settingsCommand(): Command {
  const command = addFileOptions(addFilterOptions(addDestinationOptions(new Command())))
  hideRefused(command)
  return command
}

function parse(args: readonly string[]): RunSettings {
  return settingsCommand().exitOverride().parse(args, { from: 'user' }).opts<RunSettings>()
}

/** Values of each option on the command line. */
const values: Readonly<Record<string, Arbitrary<readonly string[]>>> = {
  '--format': constantFrom(['dcm'], ['png,dcm'], ['png'], ['gif,webp,jpg'], ['nii.gz'], ['dcm,zarr,npz']),
  '--transfer-syntax': constantFrom(['explicit'], ['stored']),
  '--source': constantFrom(['frames'], ['instance']),
  '--layout': constantFrom(['{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'], ['x/{Modality}']),
  '--header-only': constant([]),
  '--no-verify': constant([]),
  '--png-bits': constantFrom(['8'], ['16']),
  '--frame': constantFrom(['3'], ['1,5-8'], ['2-2']),
  '--window': tuple(integer({ min: -2000, max: 2000 }), double({ min: 0.5, max: 9e6, noNaN: true })).map((pair) => [
    pair.join(','),
  ]),
  '--overlays': constant([]),
  '--size': constantFrom(['1'], ['256'], ['65535']),
  '--quality': constantFrom(['1'], ['100']),
  '--cine': constant([]),
  '--contact-sheet': constant([]),
  '--sheet-encoding': constantFrom(['png'], ['jpg']),
  '--sheet-tiles': constantFrom(['1'], ['20']),
  '--sheet-columns': constantFrom(['1'], ['5']),
  '--sheet-tile-size': constantFrom(['64'], ['256']),
  '--sheet-patient-data': constant([]),
  '--series-layout': constantFrom(['{StudyInstanceUID}/{SeriesInstanceUID}'], ['x/{SeriesInstanceUID}']),
  '--gaps': constantFrom(['fill'], ['split'], ['error']),
  '--values': constantFrom(['stored'], ['real-world']),
  '--segments': constantFrom(['labels'], ['separate']),
  '--study-date': constantFrom(['20240101..'], ['..2024-12-31'], ['20240101'], ['20240101-20241231']),
  '--modality': constantFrom(['CT,MR'], ['US']),
  '--sop-class': constantFrom(['CTImageStorage'], ['1.2.840.10008.5.1.4.1.1.2,MRImageStorage']),
  '--created-since': constantFrom(['2024-05-01'], ['2024-05-01T12:00:00+02:00']),
  '--updated-since': constantFrom(['2024-05-01T12:00:00.5Z']),
  '--where': constantFrom(['SliceThickness<=1.5'], ['StudyDescription=a,b*']),
  '--exclude': constantFrom(['ImageType=LOCALIZER'], ['1.2.3']),
  '--non-primary': constantFrom(['include'], ['only']),
  '--mode': constantFrom(['0640'], ['600'], ['0777']),
  '--out-sse': constantFrom(['AES256'], ['aws:kms']),
  '--out-kms-key': constant(['alias/key']),
  '--out-storage-class': constant(['STANDARD_IA']),
  '--out-part-size': constantFrom(['5'], ['5120']),
  '--out-tag': constantFrom(['a=b'], ['c=d,e']),
}

const commandLines = subarray(Object.keys(values))
  .chain((names) => tuple(...names.map((name) => (values[name] ?? constant([])).map((value) => [name, ...value]))))
  .map((parts) => parts.flat())

test('what a worker reads is what the submitter was given', () => {
  assert(
    property(commandLines, (args) => {
      const given = parse(args)
      const settings = formatSettings(given, given.nonPrimary)
      const read = readSettings(JSON.parse(JSON.stringify(settings)), 'of run 0')
      expect(formatSettings(read, read.nonPrimary)).toEqual(settings)
      expect({ ...read, format: undefined }).toMatchObject({ ...given, format: undefined })
    }),
  )
})

test('every option of a run is among its settings', () => {
  const options = [...configurableOptions(settingsCommand()).values()].map(([option]) => option?.long)
  const known = [...Object.keys(values), '--window-index', '--verify']
  expect(options.filter((name) => name !== undefined && !known.includes(name))).toEqual([])
})

test('the order of formats, and defaults that are written out, make no other run', () => {
  const plain = parse([])
  expect(formatSettings(plain, 'exclude')).toEqual(
    formatSettings(parse(['--format', 'dcm', '--source', 'frames']), undefined),
  )
  expect(formatSettings(parse(['--format', 'png,dcm']), undefined)['format']).toBe('dcm,png')
})

test.each<[string, Record<string, unknown>, string]>([
  ['an unknown setting', { destination: '/etc' }, "Cannot use 'destination' of run 0: there is no option of this name"],
  ['a setting that runs do not have', { outProfile: 'p' }, "Cannot use 'outProfile'"],
  ['a malformed setting', { window: 'wide' }, "Cannot use 'window' of run 0"],
  ['a setting of another type', { headerOnly: 'yes' }, 'give true or false'],
  ['settings that exclude each other', { window: '1,2', windowIndex: 1 }, 'it excludes'],
  ['a name of all objects', JSON.parse('{"__proto__": {"mode": "0777"}}'), "Cannot use '__proto__'"],
])('%s is refused', (_, settings, message) => {
  expect(() => readSettings(settings, 'of run 0')).toThrow(message)
})
