/**
 * Exports a study into a bucket, and verifies it by the checksums that S3 keeps. AWS_ENDPOINT_URL_S3 names a server that is
 * not Amazon's, such as a local one: pip install 'moto[server]' && moto_server
 *
 *   npm start -- BUCKET [prefix, default study]
 */
import { verifyExport } from '@ahi-dicom/export-files'
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { createS3Digester, s3Destination } from '@ahi-dicom/exporter-s3'

const [bucket, prefix = 'study'] = process.argv.slice(2)
if (bucket === undefined) {
  console.log('Skipped: no bucket is named; npm start -- BUCKET')
} else {
  await exportTo(bucket)
}

async function exportTo(name: string): Promise<void> {
  const place = { bucket: name, prefix }
  const destination = s3Destination(place)
  const ahi = await openAhi()
  const { datastoreId, studyInstanceUid } = ahi
  const exporter = createExporter(ahi.connection)
  const digester = createS3Digester(place)
  try {
    const { outcome, instances, files, fatal } = await exporter.exportTo({
      datastoreId,
      selectors: [{ studyInstanceUid }],
      destination,
      mode: 'resume',
    })
    console.log(`${outcome}: ${instances.written} instances, ${files} files in ${destination.name}`)
    if (fatal !== undefined) console.error(fatal.message)
    if (outcome !== 'complete') process.exitCode = 1
    for await (const event of verifyExport(destination, digester)) {
      if (event.kind === 'problem') console.error(`${event.problem}: ${event.shownPath}: ${event.message}`)
      if (event.kind === 'summary') console.log(`${event.verified} of ${event.files} files verified`)
    }
  } finally {
    await digester[Symbol.asyncDispose]()
    await destination.close()
    await exporter.close()
    await ahi.close()
  }
}
