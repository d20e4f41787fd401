/**
 * Imports endlessly into the folder given as argument, and prints when the first frames are written. Meant to be
 * killed.
 */
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { secondaryCapture } from './secondary-capture.ts'

const [data = ''] = process.argv.slice(2)
const emulator = await startEmulator({ data })
await emulator.importDicom(endlessFiles())

async function* endlessFiles(): AsyncGenerator<Uint8Array> {
  for (let index = 0; ; index += 1) {
    if (index === 20) process.stdout.write('importing\n')
    yield await Promise.resolve(secondaryCapture({ SOPInstanceUID: `2.25.${index + 1}` }))
  }
}
