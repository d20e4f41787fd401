import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { afterAll, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'volumes-readme-'))
const examples = [...readFileSync(`${folder}README.md`, 'utf8').matchAll(/^```js\n(.*?)^```/gmsu)].map(
  ([, code]) => code,
)

/** Three CT slices of 4 x 2 pixels; a sample is 100 times its slice. */
const program = `
${examples.join('\n').replaceAll(/^export /gmu, '')}
import { seriesOf, stack } from './test/series.ts'
const instances = seriesOf({ positions: stack(3, [0, 0, 0], [0, 0, 2]), rows: 2, own: () => ({ RescaleIntercept: 0 }) })
const levels = instances.map((instance, slice) => ({ ...instance, frame: async () => new Int16Array(8).fill(100 * slice) }))
await writeFile(process.env.OUT + '/plane.png', await drawPlane(levels, 1, { center: 100, width: 200 }))
await writeVolumes(levels, process.env.OUT + '/volume')
`

afterAll(() => rmSync(out, { recursive: true, force: true }))

test('the code of the README draws a plane across the slices, and writes NIfTI', () => {
  execFileSync(process.execPath, ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program], {
    cwd: folder,
    env: { ...process.env, OUT: out },
  })
  const { width, height, data } = PNG.sync.read(readFileSync(join(out, 'plane.png')))
  expect([width, height]).toEqual([4, 3])
  expect([0, 1, 2].map((row) => data[16 * row])).toEqual([255, 127, 0])
  expect(gunzipSync(readFileSync(join(out, 'volume.nii.gz')))).toHaveLength(352 + 2 * 24)
  expect(JSON.parse(readFileSync(join(out, 'volume.json'), 'utf8'))).toMatchObject({ Modality: 'CT', Units: 'HU' })
})
