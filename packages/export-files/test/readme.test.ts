import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${folder}README.md`, 'utf8')

/** Returns the code blocks of the README in a language. */
function blocksOf(language: 'js' | 'ts'): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gmsu'))].map(([, code = '']) => code)
}

/** Returns a block in its own scope, because several blocks import the same names. Its exports become global. */
function scopeOf(code: string): string {
  const exported = [...code.matchAll(/^export (?:async )?(?:function|const) (\w+)/gmu)].map(([, name]) => name)
  const body = code
    .replaceAll(/^import \{([^}]*)\} from (.*)$/gmu, 'const {$1} = await import($2)')
    .replaceAll(/^export /gmu, '')
  return `{\n${body}\nObject.assign(globalThis, { ${exported.join(', ')} })\n}`
}

/** Exports one instance with the code of the README, and prints the files. */
const program = `
${blocksOf('js').map(scopeOf).join('\n')}
const { createFormats, verifyExport, writeInstanceFiles } = await import('@ahi-dicom/export-files')
const files = new Map()
const destination = mapDestination(files)
const key = { datastoreId: '1', imageSetId: '2', versionId: '1', studyInstanceUid: '3', seriesInstanceUid: '4', sopInstanceUid: '5' }
const attributes = { keywords: () => ['Modality'], strings: () => ['CT'], numbers: () => [] }
const instance = { ...key, pictureCount: 0, attributes, async *part10() { yield Buffer.from('DICM') } }
await exportOne(destination, instance, key)
console.log('verified', await verify(destination))
await writeInstanceFiles({ instance, stem: '5' }, [jsonFormat], destination)
console.log([...files.keys()].filter((path) => /^\\d/.test(path)), String(files.get('5.json')))
console.log((await writeFiles(instance, mapDestination())).map(({ path }) => path))
`

test('the code of the README runs', () => {
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
  )
  expect(printed).toContain("{ kind: 'verified', path: '3/4/5.dcm', byteLength: 4 }")
  expect(printed).toContain('verified true')
  expect(printed).toContain(`[ '3/4/5.dcm', '5.json' ] {"Modality":["CT"]}`)
  expect(printed).toContain("[ 'CT/5.dcm' ]")
})

/** Returns the members of each interface in TypeScript code. */
function membersOf(code: string): ReadonlyMap<string, ReadonlySet<string>> {
  const interfaces = code.matchAll(/^export interface (\w+)[^{]*\{\n(.*?)^\}/gmsu)
  return new Map(
    Array.from(interfaces, ([, name = '', body = '']) => [
      name,
      new Set(Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+\??)[(:]/gmu), ([, member = '']) => member)),
    ]),
  )
}

test('the README has all members of a destination', () => {
  const sources = ['destination', 'file-writer', 'record-store'].map((name) =>
    readFileSync(`${folder}src/destination/${name}.ts`, 'utf8'),
  )
  const declared = membersOf(sources.join('\n'))
  const inherited: Readonly<Record<string, string>> = { Destination: 'FileWriter', StoredFile: 'FileDigest' }
  const documented = blocksOf('ts').flatMap((code) => [...membersOf(code)])
  expect(documented.length).toBeGreaterThan(5)
  for (const [name, members] of documented) {
    const all = new Set([...(declared.get(inherited[name] ?? '') ?? []), ...(declared.get(name) ?? [])])
    expect([name, ...[...members].toSorted()]).toEqual([name, ...[...all].toSorted()])
  }
})
