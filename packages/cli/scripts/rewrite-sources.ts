import { readFile } from 'node:fs/promises'
import { linkLazyPackages } from './lazy-packages.ts'
import type { Plugin } from './plugin.ts'
import { linkThreadModules } from './thread-modules.ts'

/** Makes bundled sources load threads and lazy packages from the folder of the bundle instead of `node_modules`. */
export const rewriteSources: Plugin = {
  name: 'rewrite-sources',
  setup(build) {
    build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { loader: 'ts', contents: linkLazyPackages(linkThreadModules(source), path) }
    })
  },
}
