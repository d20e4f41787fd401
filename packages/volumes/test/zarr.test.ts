import { encodeZarr } from '@ahi-dicom/volumes/zarr'
import { expect, test } from 'vitest'
import { planned, volumes } from './encoded-volumes.ts'
import { seriesOf, stack } from './series.ts'

test('a hierarchy is its metadata, and then a chunk for each slice', async () => {
  const paths: string[] = []
  for await (const { path } of encodeZarr(volumes.times)) paths.push(path)
  expect(paths).toEqual(['zarr.json', '0/zarr.json', '0/c/0/0/0/0', '0/c/0/1/0/0', '0/c/1/0/0/0', '0/c/1/1/0/0'])
})

test('slices of padding are written as well', async () => {
  const positions = stack(2, [0, 0, 0], [0, 0, 2])
  const empty = seriesOf({ positions }).map((instance) => ({ ...instance, frame: async () => new Int16Array(12) }))
  const sizes: number[] = []
  for await (const { path, bytes } of encodeZarr(planned(empty))) if (path.startsWith('0/c/')) sizes.push(bytes.length)
  expect(sizes).toEqual([24, 24])
})

test('an axis that is no time has the name of its kind', async () => {
  const positions = [...stack(2, [0, 0, 0], [0, 0, 2]), ...stack(2, [0, 0, 0], [0, 0, 2])]
  const echoes = seriesOf({ positions, own: (index) => ({ EchoTime: index < 2 ? 4 : 9 }) })
  const [group] = await gatherJson(encodeZarr(planned(echoes)))
  expect(group).toMatchObject({ attributes: { ome: { multiscales: [{ axes: [{ name: 'echo' }, {}, {}, {}] }] } } })
})

async function gatherJson(files: ReturnType<typeof encodeZarr>): Promise<unknown[]> {
  const documents: unknown[] = []
  for await (const { path, bytes } of files) {
    if (path.endsWith('zarr.json')) documents.push(JSON.parse(new TextDecoder().decode(bytes)))
  }
  return documents
}
