import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { MedicalImagingClient } from '@aws-sdk/client-medical-imaging'
import { test as base } from 'vitest'

/** Fixtures of a test. */
interface Fixtures {
  /** A local AHI with a generated study in it, one for all tests of a file, on any free port, in a temporary folder. */
  readonly ahi: Emulator
  /** A client of it; faults of one test do not reach the next. */
  readonly client: MedicalImagingClient
}

/** `test` of vitest, with an AHI: `test('...', async ({ ahi, client }) => { ... })`. */
export const test = base.extend<Fixtures>({
  ahi: [
    async ({}, use) => {
      const ahi = await startEmulator({ port: 0 }) // `data` names a folder to keep
      await ahi.importDicom(Array.from(generateStudy({ ctSlices: 2, ultrasoundFrames: 3 }), (file) => file.data))
      await use(ahi)
      await ahi.close()
    },
    { scope: 'file' },
  ],
  client: async ({ ahi }, use) => {
    ahi.faults.clear()
    ahi.resetCounters()
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
    // disableHostPrefix: the SDK would send requests to `runtime-127.0.0.1`.
    const settings = { endpoint: ahi.endpoint, region: 'us-east-1', credentials, disableHostPrefix: true }
    const client = new MedicalImagingClient(settings)
    await use(client)
    client.destroy()
  },
})
