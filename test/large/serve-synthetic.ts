/**
 * Serves a synthetic image set until its input ends. The argument holds the options. Prints its address, and at the end the
 * peak memory of the process, each as a line of JSON.
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
