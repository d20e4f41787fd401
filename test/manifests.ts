import { readdirSync, readFileSync } from 'node:fs'

interface Manifest {
  readonly name: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly license: string
  readonly type: string
  readonly sideEffects: boolean
  readonly files: readonly string[]
  readonly engines: { readonly node: string }
  readonly repository: { readonly directory: string }
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface Package {
  /** Folder name under packages/. */
  readonly folder: string
  readonly manifest: Manifest
}

const packagesFolder = new URL('../packages/', import.meta.url)

/** Every package of the repository with its manifest. */
export const packages: readonly Package[] = readdirSync(packagesFolder).map((folder) => ({
  folder,
  manifest: readManifest(new URL(`${folder}/package.json`, packagesFolder)),
}))

function readManifest(url: URL): Manifest {
  return JSON.parse(readFileSync(url, 'utf8'))
}

/** The names of our own packages among a manifest's dependencies, without the scope. */
export function siblingsOf(dependencies: Readonly<Record<string, string>> | undefined): string[] {
  return Object.keys(dependencies ?? {})
    .filter((name) => name.startsWith('@ahi-dicom/'))
    .map((name) => name.slice('@ahi-dicom/'.length))
}
