/**
 * Exports a study to a DICOMweb server and lists the instances on the server. Without a URL it starts a server itself: another
 * data store of a local AHI, which takes STOW-RS as well.
 *
 *   npm start -- [URL of a service, such as http://localhost:8042/dicom-web of Orthanc]
 *
 * DICOMWEB_TOKEN has a bearer token, if the server asks for one.
 */
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { dicomwebDestination } from '@ahi-dicom/exporter-dicomweb'

const [givenUrl] = process.argv.slice(2)
const token = process.env['DICOMWEB_TOKEN'] || undefined

const server = givenUrl === undefined ? await startEmulator() : undefined
const url = givenUrl ?? `${server?.endpoint}/datastore/${server?.datastoreId}`
const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter(ahi.connection)
try {
  const { outcome, instances, fatal } = await exporter.exportTo({
    datastoreId,
    selectors: [{ studyInstanceUid }],
    destination: dicomwebDestination({ url, token }),
  })
  console.log(`${outcome}: ${instances.written} instances stored, ${instances.failed} failed`)
  if (fatal !== undefined) console.error(fatal.message)
  if (outcome !== 'complete') process.exitCode = 1
  console.log(`the server has ${await countInstances()} instances of the study`)
} finally {
  await exporter.close()
  await ahi.close()
  await server?.close()
}

/** Asks the server itself, by QIDO-RS. */
async function countInstances(): Promise<number> {
  const headers = { accept: 'application/dicom+json', ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(`${url}/studies/${studyInstanceUid}/instances`, { headers })
  const found: unknown = response.status === 200 ? await response.json() : []
  return Array.isArray(found) ? found.length : 0
}
