import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A public entry of a package. */
export interface EntryPoint {
  /** Module specifier, such as `@ahi-dicom/dicom-standard/reader`. */
  readonly specifier: string
  /** Absolute path of the source file. */
  readonly path: string
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly '@ahi-dicom/source'?: string }>>
}

const packagesFolder = new URL('../../packages/', import.meta.url)

/** Returns every entry of every package that is a module with a source. */
export function listEntryPoints(): EntryPoint[] {
  return readdirSync(packagesFolder).flatMap((folder) => {
    const { name, exports } = readManifest(new URL(`${folder}/package.json`, packagesFolder))
    return Object.entries(exports).flatMap(([subpath, target]) => {
      const source = typeof target === 'object' ? target['@ahi-dicom/source'] : undefined
      if (source === undefined) return []
      const path = fileURLToPath(new URL(`${folder}/${source}`, packagesFolder))
      return [{ specifier: name + subpath.slice(1), path }]
    })
  })
}

function readManifest(url: URL): Manifest {
  return JSON.parse(readFileSync(url, 'utf8'))
}
