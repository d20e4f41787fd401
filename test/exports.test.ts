import { expect, test } from 'vitest'
import { listExportedNames } from './exported-names.ts'

/** A lane calls a module of another package by these names; see `LaneModule` of export-files. */
const namesOfLaneModules: ReadonlySet<string> = new Set(['createFileWriter', 'createFormat', 'createFrameDecoder'])

test('no name is exported by two packages unless one re-exports that of the other', () => {
  const byName = Map.groupBy(listExportedNames(), ({ name }) => name)
  const declaredTwice = [...byName]
    .filter(([name]) => !namesOfLaneModules.has(name))
    .filter(([, exports]) =>
      exports.some((one) =>
        exports.some(({ folder, declaration }) => folder !== one.folder && declaration !== one.declaration),
      ),
    )
    .map(([name, exports]) => `${name}: ${[...new Set(exports.map(({ folder }) => folder))].join(', ')}`)
  expect(declaredTwice.sort()).toEqual([])
})
