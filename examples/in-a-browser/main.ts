/**
 * Builds a web page that decodes the frames of an image set, shows them and makes DICOM files of them, and serves it.
 *
 *   npm start -- [folder, default: dist]
 */
import { buildSite } from './build-site.ts'
import { serveFolder } from './serve-folder.ts'

const [folder = 'dist'] = process.argv.slice(2)
await buildSite(folder)
const { url } = await serveFolder(folder)
console.log(`open ${url}, and press Ctrl-C to end`)
