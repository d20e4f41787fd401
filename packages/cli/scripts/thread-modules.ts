import { readFile } from 'node:fs/promises'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Modules that the packages load in threads, by name: the entry of the bundle that each becomes, and its source. */
const threadModules: Readonly<Record<string, { readonly entry: string; readonly source: string }>> = {
  '@ahi-dicom/exporter/lane': { entry: 'exporter-lane', source: '../exporter/src/lane-thread.ts' },
  '@ahi-dicom/exporter-fs/lane': { entry: 'exporter-fs-lane', source: '../exporter-fs/src/lane.ts' },
  '@ahi-dicom/export-files/lane': { entry: 'export-files-lane', source: '../export-files/src/lane.ts' },
  '@ahi-dicom/htj2k-decoder/worker': { entry: 'htj2k-decoder-worker', source: '../htj2k-decoder/src/worker.ts' },
}

/** The entries of the bundle that threads load, by name. */
export const threadEntries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(threadModules).map(({ entry, source }) => [entry, source]),
)

/** Has `import.meta.resolve('@ahi-dicom/…')` in bundled sources say the place of the entry, which lies beside all chunks. */
export const linkThreadModules: Plugin = {
  name: 'link-thread-modules',
  setup(build) {
    build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8')
      return { loader: 'ts', contents: contents.replace(/import\.meta\.resolve\('(@ahi-dicom\/[^']+)'\)/g, entryUrl) }
    })
  },
}

function entryUrl(_: string, specifier: string): string {
  const module = threadModules[specifier]
  if (module === undefined) throw new Error(`Cannot bundle ${specifier}: add it to threadModules in ${import.meta.url}`)
  return `new URL('./${module.entry}.js', import.meta.url).href`
}
