import { expect, test } from 'vitest'
import { packages, siblingsOf } from './manifests.ts'

const floors: Readonly<Record<string, number>> = {
  runtime: 0,
  'ahi-metadata': 1,
  'dicom-standard': 1,
  'htj2k-decoder': 1,
  dicomizer: 2,
  renderer: 2,
  volumes: 2,
  'ahi-client': 3,
  'dicom-diff': 3,
  'export-files': 3,
  'exporter-archive': 4,
  'exporter-dimse': 4,
  'exporter-dicomweb': 4,
  'exporter-fs': 4,
  'exporter-s3': 4,
  'report-page': 4,
  'ahi-emulator': 4,
  exporter: 5,
  fleet: 6,
  cli: 7,
}

test('every package has a floor', () => {
  expect(packages.map(({ folder }) => folder).sort()).toEqual(Object.keys(floors).sort())
})

test.each(packages)('$folder depends only on floors below its own', ({ folder, manifest }) => {
  const own = floors[folder] ?? -1
  // The command has all its packages in its bundle, and so as devDependencies.
  const siblings = siblingsOf(folder === 'cli' ? manifest.devDependencies : manifest.dependencies)
  expect(siblings.filter((sibling) => (floors[sibling] ?? Infinity) >= own)).toEqual([])
})

test('no package depends on the emulator: the command has it in its bundle, the others use it in their tests', () => {
  const users = packages.filter(({ manifest }) => siblingsOf(manifest.dependencies).includes('ahi-emulator'))
  expect(users.map(({ folder }) => folder)).toEqual([])
})
