/**
 * Exports a study into a ZIP: a destination that this example brings along, in zip-destination.ts.
 * Another kind of destination (a bucket, a server) is another object like it.
 *
 *   npm start -- [file, default study.zip]
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { zipDestination } from './zip-destination.ts'

const [path = 'study.zip'] = process.argv.slice(2)

const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter(ahi.connection)
try {
  const { outcome, instances, files, fatal } = await exporter.exportTo({
    datastoreId,
    selectors: [{ studyInstanceUid }],
    destination: zipDestination(path),
    layout: '{StudyInstanceUID}/{Modality}-{SeriesNumber}/{InstanceNumber}',
  })
  console.log(`${outcome}: ${instances.written} instances, ${files} files in ${path}`)
  if (fatal !== undefined) console.error(fatal.message)
  if (outcome !== 'complete') process.exitCode = 1
} finally {
  await exporter.close()
  await ahi.close()
}
