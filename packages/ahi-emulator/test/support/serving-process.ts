/** Serves synthetic image sets until its input ends. Prints their URL and, at the end, its peak memory, as JSON. */
import { once } from 'node:events'
import { startEmulator } from '@ahi-dicom/ahi-emulator'

const [options = '{}'] = process.argv.slice(2)
const emulator = await startEmulator()
const [imageSet] = await emulator.addSyntheticImageSets(JSON.parse(options))
const { endpoint, datastoreId } = emulator
process.stdout.write(`${JSON.stringify({ endpoint, datastoreId, ...imageSet })}\n`)
process.stdin.resume()
await once(process.stdin, 'end')
await emulator.close()
process.stdout.write(`${JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`)
