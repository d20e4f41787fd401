/** The emulator with one generated CT, in a process of its own; answers its CPU seconds when asked. */
import { parseImageSetMetadata, imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { gunzipSync } from 'node:zlib'

const slices = Number(process.argv[2])
const emulator = await startEmulator()
const files = Array.from(generateStudy({ ctSlices: slices, ultrasoundFrames: 0, report: false }), (file) => file.data)
const { imageSets } = await emulator.importDicom(files)
const imageSetUrl = `${emulator.endpoint}/datastore/${emulator.datastoreId}/imageSet/${imageSets[0]?.imageSetId}`
process.on('message', (message) => void (message === 'close' ? close() : sendCpuSeconds()))
process.send?.({
  endpoint: emulator.endpoint,
  datastoreId: emulator.datastoreId,
  frames: { url: `${imageSetUrl}/getImageFrame`, frameIds: await listFrames() },
})

async function listFrames(): Promise<string[]> {
  const response = await fetch(`${imageSetUrl}/getImageSetMetadata`, { method: 'POST' })
  const body = new Uint8Array(await response.arrayBuffer())
  const metadata = parseImageSetMetadata(body[0] === 0x1f ? gunzipSync(body) : body)
  return [...imageSetInstances(metadata)].flatMap(({ instance }) => instance.ImageFrames.map(({ ID }) => ID))
}

function sendCpuSeconds(): void {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1e6)
}

async function close(): Promise<void> {
  await emulator.close()
  process.disconnect()
}
