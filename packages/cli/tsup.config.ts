import { packageConfig } from '../../tsup.shared.ts'
import { shipLicenses } from './scripts/ship-licenses.ts'
import { linkThreadModules, threadEntries } from './scripts/thread-modules.ts'

/**
 * The command is one bundle, because loading many modules is most of what a small export takes. The `devDependencies` that
 * the sources import go into it, the `dependencies` stay outside.
 */
export default packageConfig([], {
  entry: { index: 'src/index.ts', bin: 'src/bin.ts', ...threadEntries },
  esbuildPlugins: [linkThreadModules, shipLicenses],
  esbuildOptions(options) {
    options.conditions = ['@ahi-dicom/source', 'module']
    options.mainFields = ['module', 'main']
    options.metafile = true
  },
})
