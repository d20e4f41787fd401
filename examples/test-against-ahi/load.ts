/** Reads synthetic image sets, which take no storage, from many connections at a time; prints the rate and the counts. */
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { MedicalImagingClient } from '@aws-sdk/client-medical-imaging'
import { readStudy } from './read-study.ts'

const STUDIES = 50
const AT_A_TIME = 16

const ahi = await startEmulator({ quotas: true }) // the rates a second that the service documents
const { endpoint, datastoreId } = ahi
const studies = await ahi.addSyntheticImageSets({ imageSets: STUDIES, instances: 20, rows: 256, columns: 256 })
const client = new MedicalImagingClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  disableHostPrefix: true,
  retryMode: 'adaptive',
  maxAttempts: 20,
})
const begun = performance.now()
let frames = 0
const waiting = studies.values()
await Promise.all(Array.from({ length: AT_A_TIME }, readStudies))
const seconds = (performance.now() - begun) / 1000
console.log(`${frames} frames in ${seconds.toFixed(1)} s`)
console.log(ahi.counters())
client.destroy()
await ahi.close()

async function readStudies(): Promise<void> {
  for (const { studyInstanceUid } of waiting) {
    for await (const frame of readStudy(client, { datastoreId, studyInstanceUid })) frames += Number(frame.length > 0)
  }
}
