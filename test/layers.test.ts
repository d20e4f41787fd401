import { expect, test } from 'vitest'
import { packages, siblingsOf } from './manifests.ts'

const floors: Readonly<Record<string, number>> = {
  'ahi-metadata': 0,
  'htj2k-decoder': 0,
  renderer: 0,
  dicomizer: 1,
  'ahi-client': 1,
  'exporter-fs': 2,
  'ahi-emulator': 2,
  exporter: 3,
  cli: 4,
}

test('every package has a floor', () => {
  expect(packages.map(({ folder }) => folder).sort()).toEqual(Object.keys(floors).sort())
})

test.each(packages)('$folder depends only on floors below its own', ({ folder, manifest }) => {
  const own = floors[folder] ?? -1
  const notBelow = siblingsOf(manifest.dependencies).filter((sibling) => (floors[sibling] ?? Infinity) >= own)
  expect(notBelow).toEqual([])
})

test('the emulator is a dependency of the command alone', () => {
  const users = packages.filter(({ manifest }) => siblingsOf(manifest.dependencies).includes('ahi-emulator'))
  expect(users.map(({ folder }) => folder)).toEqual(['cli'])
})
