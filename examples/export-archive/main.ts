/**
 * Exports a study into an archive and verifies it in place. A file of that name is replaced.
 *
 *   npm start -- [file, default study.zip]
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { verifyExport } from '@ahi-dicom/export-files'
import { createExporter } from '@ahi-dicom/exporter'
import { archiveDestination } from '@ahi-dicom/exporter-archive'

const [path = 'study.zip'] = process.argv.slice(2)

const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter(ahi.connection)
try {
  const destination = archiveDestination({ path, reproducible: true })
  const selectors = [{ studyInstanceUid }]
  const { outcome, instances } = await exporter.exportTo({ datastoreId, selectors, destination, mode: 'overwrite' })
  console.log(`${outcome}: ${instances.written} instances in ${path}`)
  // A tar.gz has to be unpacked first, and says so.
  if (destination.cannot?.verify !== undefined) console.log(destination.cannot.verify)
  else {
    for await (const event of verifyExport(archiveDestination({ path }))) {
      if (event.kind === 'summary') console.log(`${event.verified} of ${event.files} files are as the manifest says`)
    }
  }
  if (outcome !== 'complete') process.exitCode = 1
} finally {
  await exporter.close()
  await ahi.close()
}
