import { createRequire } from 'node:module'
import { packageConfig } from '../../tsup.shared.ts'
import { shipLicenses } from '../cli/scripts/ship-licenses.ts'
import { copyCodecFiles } from './scripts/copy-codec-files.ts'
import { withoutNode } from './scripts/without-node.ts'

/** The codecs are published without their licence text. This package of the same repository has it. */
const licence = createRequire(import.meta.url).resolve('@cornerstonejs/dicom-codec/package.json')

/** Builds the codecs for browsers. Their published scripts import modules of Node.js, which bundlers refuse. */
export default packageConfig([], {
  entry: { browser: 'src/browser.ts', 'codec-modules': 'src/codecs/browser-modules.ts' },
  outDir: 'dist/browser',
  platform: 'browser',
  target: 'es2022',
  noExternal: [/^@cornerstonejs\//],
  esbuildPlugins: [withoutNode, copyCodecFiles, shipLicenses([licence])],
  esbuildOptions(options) {
    options.define = { ...options.define, process: 'undefined', __dirname: '""', __filename: 'undefined' }
    options.metafile = true
  },
})
