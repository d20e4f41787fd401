import { expect, test } from 'vitest'
import { listExportedNames } from './exported-names.ts'

/** Names that the module of a lane has to export, see `LaneModule` of export-files. */
const namesOfLanes: ReadonlySet<string> = new Set(['createFileWriter', 'createFormat', 'createFrameDecoder'])

test('no name is exported by two packages unless one re-exports that of the other', () => {
  const names = listExportedNames().filter(({ name }) => !namesOfLanes.has(name))
  const byName = Map.groupBy(names, ({ name }) => name)
  const declaredTwice = [...byName]
    .filter(([, exports]) =>
      exports.some((one) =>
        exports.some(({ folder, declaration }) => folder !== one.folder && declaration !== one.declaration),
      ),
    )
    .map(([name, exports]) => `${name}: ${[...new Set(exports.map(({ folder }) => folder))].join(', ')}`)
  expect(declaredTwice.sort()).toEqual([])
})
