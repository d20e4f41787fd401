/** Sends a CT slice COUNT times to storescp, over four associations, without an export: node bare-send.ts PORT COUNT */
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { dimseDestination } from '@ahi-dicom/exporter-dimse'
import { meterWork } from '../measure/work-meter.ts'

const [port = '', count = '0'] = process.argv.slice(2)
const [file] = generateStudy({ ctSlices: 1, ultrasoundFrames: 0, report: false })
const data = file?.data ?? new Uint8Array(0)
const associations = 4
const destination = dimseDestination({ host: '127.0.0.1', port: Number(port), calledAeTitle: 'BENCH', associations })
let left = Number(count)
await meterWork(async () => {
  await Promise.all(Array.from({ length: associations }, sendSlices))
})
await destination.close()

async function sendSlices(): Promise<void> {
  while (left-- > 0) {
    await destination.write({ path: 'slice.dcm', format: 'dcm', mediaType: 'application/dicom', chunks: [data] })
  }
}
