/**
 * Exports a study whose frames are JPEG XL as DICOM files that every program reads: decoded, by a decoder that this
 * example brings along, in jpeg-xl-decoder.ts. Without it, such frames are exported in their stored form.
 *
 *   npm start -- [folder, default out]
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { jpegXlDecoder } from './jpeg-xl-decoder.ts'
import { makeJpegXlFile } from './jpeg-xl-file.ts'

const [directory = 'out'] = process.argv.slice(2)

const ahi = await openAhi(async () => [await makeJpegXlFile()])
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter({ ...ahi.connection, frameDecoder: jpegXlDecoder })
try {
  const { outcome, instances, frames, warnings } = await exporter.exportTo({
    datastoreId,
    selectors: [{ studyInstanceUid }],
    destination: folderDestination({ directory }),
    mode: ahi.isLocal ? 'overwrite' : 'resume',
  })
  console.log(`${outcome}: ${instances.written} instances, ${frames} frames`)
  for (const [code, count] of Object.entries(warnings)) console.log(`${count} x ${code}, see warnings.ndjson`)
  if (outcome !== 'complete') process.exitCode = 1
} finally {
  await exporter.close()
  await ahi.close()
}
