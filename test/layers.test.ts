import { expect, test } from 'vitest'
import { packages, siblingsOf } from './manifests.ts'

const floors: Readonly<Record<string, number>> = {
  'ahi-metadata': 0,
  'dicom-standard': 0,
  'htj2k-decoder': 0,
  dicomizer: 1,
  renderer: 1,
  volumes: 1,
  'ahi-client': 2,
  'dicom-diff': 2,
  'export-files': 2,
  'exporter-archive': 3,
  'exporter-dimse': 3,
  'exporter-dicomweb': 3,
  'exporter-fs': 3,
  'exporter-s3': 3,
  'report-page': 3,
  'ahi-emulator': 3,
  exporter: 4,
  fleet: 5,
  cli: 6,
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
