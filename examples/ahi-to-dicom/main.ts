/**
 * Does the same steps as main.py of AWS's healthlake-imaging-to-dicom-python-module: list the series of a study, load
 * image sets and the study into memory, save instances as PNG and as DICOM, with the time that each step takes.
 *
 *   npm start -- [folder, default out]
 */
import { join } from 'node:path'
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter, type SeriesSummary } from '@ahi-dicom/exporter'
import { writePart10, writePng } from '@ahi-dicom/exporter-fs'

const [directory = 'out'] = process.argv.slice(2)
const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi

// AHItoDICOM(AHI_endpoint, fetcher_process_count, dicomizer_process_count)
const helper = createExporter({ ...ahi.connection, fetchConcurrency: 64 })
try {
  // helper.getImageSetToSeriesUIDMap(datastore_id, study_instance_uid)
  const seriesList = await timed('series listed', () => listSeries())
  for (const { imageSetId, modality, seriesNumber, seriesInstanceUid, instanceCount } of seriesList) {
    console.log(`  ${imageSetId}  ${modality} ${seriesNumber}  ${seriesInstanceUid}  ${instanceCount} instances`)
  }

  // helper.DICOMizeImageSet(datastore_id, image_set_id)
  const imageSetId = seriesList.toSorted((a, b) => b.instanceCount - a.instanceCount)[0]?.imageSetId
  if (imageSetId === undefined) throw new Error(`Cannot load study ${studyInstanceUid}: it has no image set`)
  await timed('instances of the longest series in memory', () => helper.loadImageSet({ datastoreId, imageSetId }))

  // helper.DICOMizeByStudyInstanceUID(datastore_id, study_instance_uid)
  const instances = await timed('instances of the study in memory', () =>
    helper.loadStudy({ datastoreId, studyInstanceUid }),
  )
  const first = instances.find(({ frameCount }) => frameCount > 0)
  if (first !== undefined) {
    for (const keyword of first.attributes.keywords()) {
      // A data set names the patient: print what describes the picture.
      if (/^(Modality|Rows|Columns|Bits|Pixel|Photometric|Rescale|Window)/.test(keyword)) {
        console.log(`  ${keyword}: ${first.attributes.strings(keyword).join('\\')}`)
      }
    }
  }

  // helper.saveAsPngPIL(ds, destination): by the window of the data set, in colour, and of every frame
  await timed('PNGs saved', async () => {
    const pictures = instances.flatMap((instance) => framesOf(instance).map((frame) => ({ instance, frame })))
    for (const { instance, frame } of pictures) {
      await writePng(instance, join(directory, studyInstanceUid, `${instance.sopInstanceUid}-${frame + 1}.png`), {
        frame,
      })
    }
    return pictures
  })

  // helper.saveAsDICOM(ds, destination)
  await timed('DICOM files saved', async () => {
    for (const instance of instances) {
      await writePart10(instance, join(directory, studyInstanceUid, `${instance.sopInstanceUid}.dcm`))
    }
    return instances
  })
} finally {
  await helper.close()
  await ahi.close()
}

async function listSeries(): Promise<SeriesSummary[]> {
  const series: SeriesSummary[] = []
  for await (const one of helper.listSeries({ datastoreId, studyInstanceUid })) series.push(one)
  return series
}

function framesOf({ frameCount }: { readonly frameCount: number }): number[] {
  return Array.from({ length: frameCount }, (_, frame) => frame)
}

/** Runs a step and prints how many things it made, and how long that took. */
async function timed<T extends { readonly length: number }>(what: string, step: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const made = await step()
  console.log(`${made.length} ${what} in ${((performance.now() - started) / 1000).toFixed(2)} s`)
  return made
}
