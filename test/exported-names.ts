import { readFileSync } from 'node:fs'
import { parseSync } from 'vite'
import { packages } from './manifests.ts'

/** A name that a package exports. */
interface ExportedName {
  readonly name: string
  /** Folder name of the package. */
  readonly folder: string
  /** The file or module that declares it, and the name there. Re-exports are followed to it. */
  readonly declaration: string
}

interface Export {
  readonly name: string
  /** Absent if the file declares it itself. */
  readonly from?: { readonly module: string; readonly name: string }
}

const scope = '@ahi-dicom/'
const everything = '*'

/** Returns the names that all public entry points of all packages export. */
export function listExportedNames(): ExportedName[] {
  return packages.flatMap(({ folder, manifest }) =>
    Object.keys(manifest.exports)
      .flatMap((subpath) => entryPoint(folder, subpath) ?? [])
      .flatMap((file) => exportsOf(file).map(({ name }) => ({ name, folder, declaration: declarationOf(name, file) }))),
  )
}

/** Returns the source of a subpath such as `./dictionary`, or undefined if it is no module. */
function entryPoint(folder: string, subpath: string): URL | undefined {
  const target = packages.find((candidate) => candidate.folder === folder)?.manifest.exports[subpath]
  const source = typeof target === 'object' ? target['@ahi-dicom/source'] : undefined
  return source === undefined ? undefined : new URL(`../packages/${folder}/${source}`, import.meta.url)
}

function declarationOf(name: string, file: URL): string {
  const { from } = exportsOf(file).find((candidate) => candidate.name === name) ?? {}
  if (from === undefined) return `${file.pathname} ${name}`
  const source = sourceOf(from.module, file)
  if (source === undefined || from.name === everything) return `${source?.pathname ?? from.module} ${from.name}`
  return declarationOf(from.name, source)
}

/** Returns the file that a module specifier means, or undefined if it is not ours. */
function sourceOf(module: string, importer: URL): URL | undefined {
  if (module.startsWith('.')) return new URL(module, importer)
  if (!module.startsWith(scope)) return undefined
  const [folder = '', ...subpath] = module.slice(scope.length).split('/')
  return entryPoint(folder, ['.', ...subpath].join('/'))
}

function exportsOf(file: URL): Export[] {
  const { module } = parseSync(file.pathname, readFileSync(file, 'utf8'))
  return module.staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName, importName, moduleRequest }) => {
      const { name } = exportName
      if (name === null) throw new Error(`Cannot tell what ${file.pathname} exports: list its names one by one`)
      if (moduleRequest === null) return { name }
      return { name, from: { module: moduleRequest.value, name: importName.name ?? everything } }
    })
}
