import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { leaveOutUnused } from './leave-out.ts'
import type { Plugin } from './plugin.ts'

/** Matches `require('…')`, `createRequire(import.meta.url)('…')` and `import('…')` of packages that few exports need. */
const loading = /\b(require|createRequire\(import\.meta\.url\)|import)\('(iconv-lite|@cornerstonejs\/[^']+)'\)/g

/** Packages that few commands need, with the entry of `lazy` that contains them. */
const lazyEntries: Readonly<Record<string, string>> = {
  bullmq: 'redis-engine',
  ioredis: 'redis-engine',
  '@opentelemetry/exporter-prometheus': 'prometheus',
  '@opentelemetry/sdk-metrics': 'prometheus',
}

/** Paths of the modules that are loaded on demand, by the name of their file in the bundle. */
const lazyModules = new Map<string, string>(
  Object.values(lazyEntries).map((name) => [name, fileURLToPath(new URL(`lazy/${name}.ts`, import.meta.url))]),
)

/** Folder of the files, below the folder of the bundle. */
const folderName = 'lazy'

/** Returns a source that loads these packages from their files in the bundle. */
export function linkLazyPackages(source: string, path: string): string {
  return source.replace(loading, (_, load: string, specifier: string) => {
    const name = fileName(specifier)
    lazyModules.set(name, createRequire(path).resolve(specifier))
    return `${load}('./${folderName}/${name}.cjs')`
  })
}

function fileName(specifier: string): string {
  return specifier.replace('@cornerstonejs/', '').replaceAll('/', '-')
}

/**
 * Writes a CommonJS file for each package that is loaded on demand. Codecs look for their WebAssembly in the folder of their
 * file. Adds the paths of the bundled modules to `inputs`.
 */
export function writeLazyPackages(inputs: Set<string>): Plugin {
  return {
    name: 'write-lazy-packages',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^\\./${folderName}/.*\\.cjs$`) }, ({ path }) => ({ path, external: true }))
      build.onResolve({ filter: /^(?:bullmq|ioredis|@opentelemetry\/)/ }, ({ path }) => {
        const name = lazyEntries[path]
        return name === undefined ? undefined : { path: `./${folderName}/${name}.cjs`, external: true }
      })
      build.onEnd(async () => {
        const { outdir: folder = 'dist', target = 'node22' } = build.initialOptions
        const outdir = join(folder, folderName)
        const { metafile } = await build.esbuild.build({
          entryPoints: Object.fromEntries(lazyModules),
          bundle: true,
          format: 'cjs',
          platform: 'node',
          target,
          outdir,
          outExtension: { '.js': '.cjs' },
          // With white space, the codecs would be four times as large.
          minifyWhitespace: true,
          logLevel: 'error',
          metafile: true,
          mainFields: ['module', 'main'],
          plugins: [loadOneAnother, leaveOutUnused, shareTelemetry],
        })
        for (const input of Object.keys(metafile?.inputs ?? {})) {
          inputs.add(input)
          const wasm = input.replace(/\.js$/, '.wasm')
          if (wasm !== input && existsSync(wasm)) await copyFile(wasm, join(outdir, basename(wasm)))
        }
      })
    },
  }
}

/** Bundles one OpenTelemetry SDK. The Prometheus exporter pins another patch version of it. */
const shareTelemetry: Plugin = {
  name: 'share-telemetry',
  setup(build) {
    build.onResolve({ filter: /^@opentelemetry\/(?:core|resources|sdk-metrics)$/ }, ({ path, kind, importer }) =>
      importer.includes('/exporter-prometheus/build/')
        ? build.resolve(path, { kind, resolveDir: import.meta.dirname })
        : undefined,
    )
  },
}

/** Leaves packages with their own file out of the other files. */
const loadOneAnother: Plugin = {
  name: 'load-one-another',
  setup(build) {
    build.onResolve({ filter: /^@cornerstonejs\// }, ({ path }) => {
      const name = fileName(path)
      return lazyModules.has(name) ? { path: `./${name}.cjs`, external: true } : undefined
    })
  },
}
