import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from './plugin.ts'

/** A third-party package whose code is in the bundle. */
interface BundledPackage {
  readonly name: string
  readonly version: string
  /** SPDX identifier. */
  readonly license: string
  readonly text: string | undefined
}

const fileName = 'THIRD-PARTY-LICENSES.txt'

/** C and C++ libraries that are compiled into the codecs: by package, the name of their file in `licenses`. */
const compiledIn: Readonly<Record<string, string>> = {
  '@cornerstonejs/codec-charls': 'charls',
  '@cornerstonejs/codec-libjpeg-turbo-8bit': 'libjpeg-turbo',
  '@cornerstonejs/codec-openjpeg': 'openjpeg',
  '@cornerstonejs/codec-openjph': 'openjph',
}

/** Packages of `@cornerstonejs` without compiled code. */
const notCompiled = /^@cornerstonejs\/(?:dicom-codec|codec-(?:big|little)-endian)$/

/** Packages without a licence text, and a package of the same repository that has it. */
const ofSameRepository: Readonly<Record<string, string>> = { 'proxy-agent-negotiate': 'https-proxy-agent' }

/** Writes the licences of the packages whose code is in the bundle or in `otherInputs`. */
export function shipLicenses(otherInputs: Iterable<string>): Plugin {
  return {
    name: 'ship-licenses',
    setup(build) {
      build.onEnd(async ({ metafile }) => {
        if (metafile === undefined) return
        const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
        const packages = await Promise.all(foldersOf([...bundled, ...otherInputs]).map(readPackage))
        const libraries = await Promise.all(librariesOf(packages).map(readLibrary))
        // This runs before the bundle is written, and a fresh clone has no output folder.
        const folder = build.initialOptions.outdir ?? 'dist'
        await mkdir(folder, { recursive: true })
        await writeFile(join(folder, fileName), licensesText([...packageSections(packages), ...libraries]))
      })
    },
  }
}

function foldersOf(files: readonly string[]): readonly string[] {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [])
  return [...new Set(folders)].sort()
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  return { name, version, license, text: file && (await readFile(join(folder, file), 'utf8')) }
}

/** Returns the names of the files in `licenses` that the packages need. */
function librariesOf(packages: readonly BundledPackage[]): readonly string[] {
  const codecs = packages.filter(({ name }) => name.startsWith('@cornerstonejs/') && !notCompiled.test(name))
  const libraries = codecs.map(({ name }) => {
    const library = compiledIn[name]
    if (library === undefined)
      throw new Error(`Cannot bundle ${name}: add its library to compiledIn in ${import.meta.url}`)
    return library
  })
  return codecs.length === 0 ? [] : [...new Set(libraries), 'emscripten']
}

async function readLibrary(name: string): Promise<string> {
  return readFile(new URL(`../licenses/${name}.txt`, import.meta.url), 'utf8')
}

/** Returns each licence text once, below the names of its packages. */
function packageSections(packages: readonly BundledPackage[]): readonly string[] {
  const byText = Map.groupBy(packages, (one) => (one.text ?? textOfRelative(one, packages)).trim())
  return Array.from(byText, ([text, named]) => {
    const titles = named.map(({ name, version, license }) => `${name} ${version} (${license})`)
    return `${titles.join('\n')}\n\n${text}\n`
  })
}

/** Returns the licence text of another package of the same repository, for packages that come without one. */
function textOfRelative({ name, license }: BundledPackage, packages: readonly BundledPackage[]): string {
  const scope = name.slice(0, name.indexOf('/') + 1)
  const isRelative = (other: BundledPackage): boolean =>
    other.name === ofSameRepository[name] ||
    (scope === '@cornerstonejs/'
      ? other.name === '@cornerstonejs/dicom-codec'
      : license === 'Apache-2.0' && other.license === license && other.text !== undefined)
  const text = packages.find(isRelative)?.text
  if (text === undefined)
    throw new Error(`Cannot bundle ${name}: it comes without the text of its licence (${license})`)
  return text
}

function licensesText(sections: readonly string[]): string {
  return `These modules contain code of these packages and libraries.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`
}
