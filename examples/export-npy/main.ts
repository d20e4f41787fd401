/**
 * Exports the pixels of a study as NumPy arrays: a format that this example brings along, in npy-format.ts.
 * Then, in Python: numpy.load('out/1.2.3/CT-2/1-09936ef8.npy')
 *
 *   npm start -- [folder, default out]
 */
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFormat } from './npy-format.ts'

const [directory = 'out'] = process.argv.slice(2)

const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter(ahi.connection)
try {
  const { outcome, instances, frames, files } = await exporter.exportTo({
    datastoreId,
    selectors: [{ studyInstanceUid }],
    destination: folderDestination({ directory }),
    mode: ahi.isLocal ? 'overwrite' : 'resume',
    formats: [createFormat()],
    layout: '{StudyInstanceUID}/{Modality}-{SeriesNumber}/{InstanceNumber}',
  })
  console.log(`${outcome}: ${instances.written} instances, ${frames} frames, ${files} files`)
  if (outcome !== 'complete') process.exitCode = 1
} finally {
  await exporter.close()
  await ahi.close()
}
