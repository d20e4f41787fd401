import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from './plugin.ts'

/** Modules that the packages load in threads: by name, their entry in the bundle and their source. */
const threadModules: Readonly<Record<string, { readonly entry: string; readonly source: string }>> = {
  '@ahi-dicom/exporter/lane': { entry: 'exporter-lane', source: '../exporter/src/lane-thread.ts' },
  '@ahi-dicom/exporter-dimse/lane': { entry: 'exporter-dimse-lane', source: '../exporter-dimse/src/lane.ts' },
  '@ahi-dicom/exporter-dicomweb/lane': {
    entry: 'exporter-dicomweb-lane',
    source: '../exporter-dicomweb/src/lane.ts',
  },
  '@ahi-dicom/exporter-fs/lane': { entry: 'exporter-fs-lane', source: '../exporter-fs/src/lane.ts' },
  '@ahi-dicom/exporter-fs/digest': { entry: 'exporter-fs-digest', source: '../exporter-fs/src/digest-thread.ts' },
  '@ahi-dicom/exporter-s3/lane': { entry: 'exporter-s3-lane', source: '../exporter-s3/src/lane.ts' },
  '@ahi-dicom/export-files/lane': { entry: 'export-files-lane', source: '../export-files/src/lane.ts' },
  '@ahi-dicom/htj2k-decoder/worker': { entry: 'htj2k-decoder-worker', source: '../htj2k-decoder/src/worker.ts' },
}

/** The module that piscina runs in each thread. */
const piscinaWorker = {
  entry: 'piscina-worker',
  source: join(dirname(createRequire(import.meta.url).resolve('piscina')), 'worker.js'),
}

/** Sources of the bundle's entries for threads, by name. */
export const threadEntries: Readonly<Record<string, string>> = Object.fromEntries(
  [...Object.values(threadModules), piscinaWorker].map(({ entry, source }) => [entry, source]),
)

/** Returns a source in which `import.meta.resolve('@ahi-dicom/…')` is replaced by the URL of the entry in the bundle. */
export function linkThreadModules(source: string): string {
  return source.replace(/import\.meta\.resolve\('(@ahi-dicom\/[^']+)'\)/g, entryUrl)
}

function entryUrl(_: string, specifier: string): string {
  const module = threadModules[specifier]
  if (module === undefined) throw new Error(`Cannot bundle ${specifier}: add it to threadModules in ${import.meta.url}`)
  return `new URL('./${module.entry}.js', import.meta.url).href`
}

/** Makes piscina start its threads with the entry of the bundle. */
export const linkPiscinaWorker: Plugin = {
  name: 'link-piscina-worker',
  setup(build) {
    build.onLoad({ filter: /\/piscina\/dist\/index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace("(__dirname, 'worker.js')", `(__dirname, '${piscinaWorker.entry}.js')`)
      if (contents === source) throw new Error(`Cannot bundle piscina: ${path} no longer starts worker.js as expected`)
      return { contents }
    })
  },
}
