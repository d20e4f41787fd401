import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { leaveOutUnused } from './leave-out.ts'
import type { Plugin } from './plugin.ts'

/** `require('…')`, `createRequire(import.meta.url)('…')` and `import('…')` of the packages that few exports need. */
const loading = /\b(require|createRequire\(import\.meta\.url\)|import)\('(iconv-lite|@cornerstonejs\/[^']+)'\)/g

/** Packages that few commands need and that are imported by name: the entry of `lazy` that has them. */
const lazyEntries: Readonly<Record<string, string>> = {
  bullmq: 'redis-engine',
  ioredis: 'redis-engine',
  '@opentelemetry/exporter-prometheus': 'prometheus',
  '@opentelemetry/sdk-metrics': 'prometheus',
}

/** Where the modules are that the sources load by need, by the name of the file that each becomes. */
const lazyModules = new Map<string, string>(
  Object.values(lazyEntries).map((name) => [name, fileURLToPath(new URL(`lazy/${name}.ts`, import.meta.url))]),
)

/** Folder of the files, in that of the bundle. */
const folderName = 'lazy'

/** Returns a source that loads such a package from its file beside the bundle. */
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
 * Writes a CommonJS file for each package that the sources load by need, because codecs look for their WebAssembly beside
 * themselves. `inputs` gets the paths of the modules in them.
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
          // The codecs come without white space; with it they are four times as large.
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

/** Has the exporter for Prometheus share the SDK with the command: it pins one that differs in the last number. */
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

/** Keeps a package that has a file of its own out of the other files. */
const loadOneAnother: Plugin = {
  name: 'load-one-another',
  setup(build) {
    build.onResolve({ filter: /^@cornerstonejs\// }, ({ path }) => {
      const name = fileName(path)
      return lazyModules.has(name) ? { path: `./${name}.cjs`, external: true } : undefined
    })
  },
}
