/**
 * Serves a synthetic image set, whose options are the argument, until its input ends. Prints where it is, and in the end
 * the most memory that the process has taken, each as a line of JSON.
 */
import { once } from 'node:events'
import { startEmulator } from '@ahi-dicom/ahi-emulator'

const [options = '{}'] = process.argv.slice(2)
const emulator = await startEmulator()
const [imageSet] = await emulator.addSyntheticImageSets(JSON.parse(options))
process.stdout.write(
  `${JSON.stringify({ url: `${emulator.endpoint}/datastore/${emulator.datastoreId}`, ...imageSet })}\n`,
)
process.stdin.resume()
await once(process.stdin, 'end')
await emulator.close()
process.stdout.write(`${JSON.stringify({ peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 })}\n`)
