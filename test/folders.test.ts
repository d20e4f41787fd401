import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { describe, expect, test } from 'vitest'
import { packages } from './manifests.ts'

/** One file of a package that imports another one. Paths are relative to `src`. */
interface Import {
  readonly from: string
  readonly to: string
}

describe.each(packages)('$folder', ({ folder }) => {
  const imports = importsOf(new URL(`../packages/${folder}/src/`, import.meta.url))

  test('no files import each other in a circle', () => {
    expect(importsInCircles(imports, (file) => file)).toEqual([])
  })

  test('folders import in one direction', () => {
    expect(importsInCircles(imports, folderOf)).toEqual([])
  })
})

describe('docs/architecture.md', () => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('## Folders'), page.indexOf('## Files touched'))
  const cells = table.matchAll(/^\| `([a-z0-9-]+)` +\| (.*?) +\|$/gm)
  const orders = new Map(Array.from(cells, ([, name, order = '']) => [name, order]))
  const withFolders = packages.filter(({ folder }) => foldersOf(folder).length > 0)

  test.each(withFolders)('has the folders of $folder', ({ folder }) => {
    const named = (orders.get(folder) ?? '').matchAll(/`([a-z0-9-]+)`/g)
    expect([...new Set(Array.from(named, ([, name = '']) => name))].toSorted()).toEqual(foldersOf(folder))
  })

  test.each(withFolders)('says in which direction the folders of $folder import', ({ folder }) => {
    const imports = importsOf(new URL(`../packages/${folder}/src/`, import.meta.url))
    const wrong = (orders.get(folder) ?? '').split(';').flatMap((order) => {
      const steps = order.split('→')
      const place = (file: string): number => steps.findIndex((step) => step.includes(`\`${file.split('/')[0]}\``))
      return imports.filter(({ from, to }) => place(to) >= 0 && place(from) > place(to))
    })
    expect(wrong).toEqual([])
  })

  test('names files that are there', () => {
    const named = Array.from(page.matchAll(/`((?:[a-z-]+\/)+[a-z0-9-]+\.ts)`/g), ([, path = '']) => path)
    const roots = ['', 'packages/', ...packages.map(({ folder }) => `packages/${folder}/src/`)]
    const isThere = (path: string): boolean =>
      roots.some((root) => existsSync(new URL(`../${root}${path}`, import.meta.url)))
    expect(named.filter((path) => !isThere(path))).toEqual([])
  })
})

/** Returns the names of the folders in the sources of a package. */
function foldersOf(name: string): string[] {
  const entries = readdirSync(new URL(`../packages/${name}/src/`, import.meta.url), { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted()
}

test('a circle is found, and nothing that only leads to it or away from it', () => {
  const imports = [
    { from: 'index.ts', to: 'a/one.ts' },
    { from: 'a/one.ts', to: 'b/one.ts' },
    { from: 'b/two.ts', to: 'a/two.ts' },
    { from: 'a/two.ts', to: 'errors.ts' },
  ]
  expect(importsInCircles(imports, (file) => file)).toEqual([])
  expect(importsInCircles(imports, folderOf)).toEqual(['a/one.ts imports b/one.ts', 'b/two.ts imports a/two.ts'])
})

/** Returns the imports between the files of a folder, including type imports. */
function importsOf(source: URL): Import[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((from) => {
      const text = readFileSync(new URL(from, source), 'utf8')
      const matches = text.matchAll(/^(?:import|export) (?:[^'"]*? from )?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)
      return Array.from(matches, ([, atTop, atUse = '']) => ({ from, to: join(dirname(from), atTop ?? atUse) }))
    })
}

/** Returns the folder of a file. A file at the top stands for itself: `errors.ts` may be below every folder. */
function folderOf(file: string): string {
  return file.includes('/') ? dirname(file) : file
}

/** Returns the imports between nodes (files or folders) that are part of a circle. */
function importsInCircles(imports: readonly Import[], nodeOf: (file: string) => string): string[] {
  const edges = imports.filter(({ from, to }) => nodeOf(from) !== nodeOf(to))
  const edgesFrom = Map.groupBy(edges, ({ from }) => nodeOf(from))

  function reachableFrom(node: string, found: Set<string>): Set<string> {
    if (found.has(node)) return found
    found.add(node)
    for (const { to } of edgesFrom.get(node) ?? []) reachableFrom(nodeOf(to), found)
    return found
  }

  return edges
    .filter(({ from, to }) => reachableFrom(nodeOf(to), new Set()).has(nodeOf(from)))
    .map(({ from, to }) => `${from} imports ${to}`)
}
