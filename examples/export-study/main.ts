/**
 * Exports a study to a folder as DICOM files and PNGs, every frame compared with its checksum.
 * Run it again after Ctrl-C: files that exist already are not fetched again.
 *
 *   npm start -- [folder, default out]
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { createFormats, verifyExport } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'

const [directory = 'out'] = process.argv.slice(2)
const interrupt = new AbortController()
process.on('SIGINT', () => interrupt.abort())

const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const destination = folderDestination({ directory })
const exporter = createExporter(ahi.connection)
try {
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: [{ studyInstanceUid }],
    destination,
    mode: ahi.isLocal ? 'overwrite' : 'resume',
    formats: createFormats(['dcm', 'png']),
    layout: '{StudyInstanceUID}/{Modality}-{SeriesNumber}/{InstanceNumber}',
    signal: interrupt.signal,
    onProgress: ({ instances }) => process.stderr.write(`\r${instances.done} of ${instances.total} instances`),
  })
  process.stderr.write('\n')

  const { outcome, instances, frames, files, seconds } = summary
  console.log(`${outcome}: ${instances.written} instances, ${frames} frames, ${files} files in ${seconds.toFixed(1)} s`)
  for (const [code, count] of Object.entries(summary.errors)) console.log(`${count} x ${code}, see errors.ndjson`)

  for await (const event of verifyExport(destination)) {
    if (event.kind === 'problem') console.log(event.message)
    if (event.kind === 'summary') console.log(`${event.verified} of ${event.files} files are as the manifest says`)
  }
  if (outcome !== 'complete') process.exitCode = 1
} finally {
  await exporter.close()
  await ahi.close()
}
