import { packageConfig } from '../../tsup.shared.ts'
import { writeLazyPackages } from './scripts/lazy-packages.ts'
import { requireNodeModules } from './scripts/node-modules.ts'
import { rewriteSources } from './scripts/rewrite-sources.ts'
import { shipLicenses } from './scripts/ship-licenses.ts'
import { linkPiscinaWorker, threadEntries } from './scripts/thread-modules.ts'

const lazyInputs = new Set<string>()

/**
 * The command is one bundle without `dependencies`: an install adds one package and runs no install script, and a start
 * loads few modules. Everything that the sources import goes into the bundle.
 */
export default packageConfig([], {
  entry: { index: 'src/index.ts', bin: 'src/bin.ts', ...threadEntries },
  // Piscina asks for it only to lower the priority of its threads, which nothing does here.
  // zarrita is optional: users install it beside the command, as they do sharp.
  external: ['@napi-rs/nice', 'zarrita'],
  // Names are kept, so stacks can be read without maps, which are as large as the bundle.
  sourcemap: false,
  esbuildPlugins: [
    rewriteSources,
    linkPiscinaWorker,
    requireNodeModules,
    writeLazyPackages(lazyInputs),
    shipLicenses(lazyInputs),
  ],
  esbuildOptions(options) {
    // Shims of tsup would be imports in `bin.js`, which an old Node.js has to read.
    options.define = { ...options.define, __dirname: 'import.meta.dirname' }
    options.conditions = ['@ahi-dicom/source', 'module']
    options.mainFields = ['module', 'main']
    options.metafile = true
  },
})
