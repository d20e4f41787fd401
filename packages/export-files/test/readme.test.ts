import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const examples = [...readFileSync(`${folder}README.md`, 'utf8').matchAll(/^```js\n(.*?)^```/gmsu)].map(
  ([, code]) => code,
)

/** Exports one instance by the code of the README, and prints what is then there. */
const program = `
${examples.join('\n').replaceAll(/^export /gmu, '')}
const files = new Map()
const destination = mapDestination(files)
const key = { datastoreId: '1', imageSetId: '2', versionId: '1', studyInstanceUid: '3', seriesInstanceUid: '4', sopInstanceUid: '5' }
const instance = { ...key, pictureCount: 0, attributes: { keywords: () => ['Modality'], strings: () => ['CT'] }, async *part10() { yield Buffer.from('DICM') } }
await exportOne(destination, instance, key)
await writeInstanceFiles({ instance, stem: '5' }, [jsonFormat], destination)
console.log([...files.keys()], String(files.get('5.json')))
`

test('the code of the README runs', () => {
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
  )
  expect(printed).toContain("{ kind: 'verified', path: '3/4/5.dcm', byteLength: 4 }")
  expect(printed).toContain(`[ '3/4/5.dcm', '5.json' ] {"Modality":["CT"]}`)
})
