import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** A package of others whose code is in the bundle. */
interface BundledPackage {
  readonly name: string
  readonly version: string
  /** SPDX identifier. */
  readonly license: string
  readonly text: string | undefined
}

const fileName = 'THIRD-PARTY-LICENSES.txt'

/** Writes the licences of the packages whose code is in the bundle beside it. */
export const shipLicenses: Plugin = {
  name: 'ship-licenses',
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      if (metafile === undefined) return
      const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
      const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []))
      const packages = await Promise.all([...folders].sort().map(readPackage))
      // The output follows: a fresh clone has no folder for it.
      const folder = build.initialOptions.outdir ?? 'dist'
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, fileName), licensesText(packages))
    })
  },
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  return { name, version, license, text: file && (await readFile(join(folder, file), 'utf8')) }
}

/** Returns each licence once, under the packages that it is of. */
function licensesText(packages: readonly BundledPackage[]): string {
  const byText = Map.groupBy(packages, (one) => (one.text ?? apacheText(one, packages)).trim())
  const sections = Array.from(byText, ([text, named]) => {
    const titles = named.map(({ name, version, license }) => `${name} ${version} (${license})`)
    return `${titles.join('\n')}\n\n${text}\n`
  })
  return `The command contains code of these packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`
}

/** Some packages of AWS come without the text of their licence, which is that of the others. */
function apacheText({ name, license }: BundledPackage, packages: readonly BundledPackage[]): string {
  const text = packages.find((other) => license === 'Apache-2.0' && other.license === license && other.text)?.text
  if (text === undefined)
    throw new Error(`Cannot bundle ${name}: it comes without the text of its licence (${license})`)
  return text
}
