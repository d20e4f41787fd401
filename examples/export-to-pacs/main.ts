/**
 * Sends a study to a PACS by C-STORE, and says what the PACS answered. Without arguments it starts `storescp` of DCMTK as the
 * PACS, if that is installed.
 *
 *   npm start -- [host] [port] [AE title of the PACS], such as localhost 4242 ORTHANC
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { dimseDestination } from '@ahi-dicom/exporter-dimse'
import { startStorescp } from './storescp.ts'

const [host = 'localhost', port, calledAeTitle = 'STORESCP'] = process.argv.slice(2)

const storescp = port === undefined ? await startStorescp() : undefined
if (port === undefined && storescp === undefined) {
  console.log('skipped: storescp of DCMTK is not installed; install it, or name host, port and AE title of a PACS')
} else {
  try {
    await sendStudy(Number(storescp?.port ?? port))
    if (storescp !== undefined) console.log(`storescp has ${await storescp.count()} files`)
  } finally {
    await storescp?.close()
  }
}

async function sendStudy(port: number): Promise<void> {
  const ahi = await openAhi()
  const exporter = createExporter(ahi.connection)
  const { datastoreId, studyInstanceUid } = ahi
  const destination = dimseDestination({ host, port, calledAeTitle })
  try {
    for (const line of (await destination.check?.()) ?? []) console.log(line)
    const { outcome, instances, fatal } = await exporter.exportTo({
      datastoreId,
      selectors: [{ studyInstanceUid }],
      destination,
      onFailure: ({ message }) => console.error(message),
    })
    console.log(`${outcome}: ${instances.written} instances sent, ${instances.failed} failed`)
    if (fatal !== undefined) console.error(fatal.message)
    if (outcome !== 'complete') process.exitCode = 1
  } finally {
    await exporter.close()
    await ahi.close()
  }
}
