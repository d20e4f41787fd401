import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Only Node itself on the path: a package must not depend on packages that the repository has installed. */
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  NODE_OPTIONS: '',
}

/** A folder with installed packed packages and nothing else. */
export interface Installation extends AsyncDisposable {
  readonly folder: string
  readonly packages: readonly InstalledPackage[]
  /** Runs a program in the folder. Returns its standard output, which an error about a failure quotes. */
  run(program: string, ...parameters: readonly string[]): Promise<string>
}

/** A package as npm's lock file describes it. */
export interface InstalledPackage {
  /** Path of its folder, relative to the installation. */
  readonly path: string
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Installs tarballs of all packages, or of some by folder name, and registry packages in a new folder. */
export async function installPacked(
  tarballs: string,
  { only, registry = [] }: { readonly only?: string; readonly registry?: readonly string[] } = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-packed-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const names = (await readdir(tarballs)).filter((name) => only === undefined || name.startsWith(`ahi-dicom-${only}-`))
  const paths = names.map((name) => join(tarballs, name))
  await npm(folder, 'install', '--no-audit', '--no-fund', ...paths, ...registry)
  return {
    folder,
    packages: await readPackages(folder),
    run: (program, ...parameters) => run(folder, program, parameters),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs npm in a folder. */
export async function npm(folder: string, ...parameters: readonly string[]): Promise<void> {
  await run(folder, 'npm', parameters)
}

async function run(folder: string, program: string, parameters: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, parameters, { cwd: folder, env: environment, maxBuffer: 2 ** 26 })
    return stdout
  } catch (error) {
    // Compilers and npm print errors on standard output. The message lacks them.
    if (error instanceof Error && 'stdout' in error) error.message += `\n${String(error.stdout)}`
    throw error
  }
}

async function readPackages(folder: string): Promise<readonly InstalledPackage[]> {
  const lock: { readonly packages: Readonly<Record<string, Omit<InstalledPackage, 'path'>>> } = JSON.parse(
    await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8'),
  )
  return Object.entries(lock.packages).map(([path, entry]) => ({ path, ...entry }))
}

/** Returns the packages that one of them brings, itself included, as Node.js finds them. */
export function packagesOf(name: string, all: readonly InstalledPackage[]): readonly InstalledPackage[] {
  const byPath = new Map(all.map((one) => [one.path, one]))
  const found = new Set<InstalledPackage>()
  function add(from: string, dependency: string): void {
    const one = byPath.get(join(from, 'node_modules', dependency))
    if (one === undefined && from !== '') return add(dirname(from) === '.' ? '' : dirname(from), dependency)
    if (one === undefined || found.has(one)) return
    found.add(one)
    for (const next of Object.keys({ ...one.dependencies, ...one.optionalDependencies })) add(one.path, next)
  }
  add('', name)
  return [...found]
}
