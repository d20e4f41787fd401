import { packageConfig } from '../../tsup.shared.ts'
import { writeLazyPackages } from './scripts/lazy-packages.ts'
import { requireNodeModules } from './scripts/node-modules.ts'
import { rewriteSources } from './scripts/rewrite-sources.ts'
import { shipLicenses } from './scripts/ship-licenses.ts'
import { linkPiscinaWorker, threadEntries } from './scripts/thread-modules.ts'

const lazyInputs = new Set<string>()

/**
 * Bundles everything that the sources import. The package has no `dependencies`, so an install adds one package and runs no
 * install script, and the command loads few modules.
 */
export default packageConfig([], {
  entry: { index: 'src/index.ts', bin: 'src/bin.ts', ...threadEntries },
  // piscina needs @napi-rs/nice only to lower the priority of threads, which is not used here.
  // zarrita is optional, like sharp: users install it beside the command.
  external: ['@napi-rs/nice', 'zarrita'],
  // Stacks are readable without source maps, because names are kept. Maps would be as large as the bundle.
  sourcemap: false,
  esbuildPlugins: [
    rewriteSources,
    linkPiscinaWorker,
    requireNodeModules,
    writeLazyPackages(lazyInputs),
    shipLicenses(lazyInputs),
  ],
  esbuildOptions(options) {
    // tsup's shim for `__dirname` would add imports to `bin.js`, which old versions of Node.js must be able to parse.
    options.define = { ...options.define, __dirname: 'import.meta.dirname' }
    options.conditions = ['@ahi-dicom/source', 'module']
    options.mainFields = ['module', 'main']
    options.metafile = true
  },
})
