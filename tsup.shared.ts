import { defineConfig, type Options } from 'tsup'

/** The build of every package: ESM for Node, one output a public entry, sources mapped. Types come from tsc. */
export function packageConfig(entry: string[], own: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    dts: false,
    sourcemap: true,
    clean: true,
    splitting: true,
    removeNodeProtocol: false,
    // Modules of the `imports` of a manifest: each is an entry, and the importer chooses.
    external: [/^#/],
    ...own,
  })
}
