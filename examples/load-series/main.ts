/**
 * Loads a series into one Float32Array: slices in the order of the patient's body, samples rescaled to the units of the
 * modality (Hounsfield for a CT). Pixel padding stays in it, far below air: see PixelPaddingValue.
 *
 *   npm start -- [SeriesInstanceUID, default: the longest series of the study]
 */
import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { createExporter, type SeriesSummary } from '@ahi-dicom/exporter'

interface Volume {
  readonly columns: number
  readonly rows: number
  readonly slices: number
  /** Row by row, slice by slice. */
  readonly values: Float32Array
}

const ahi = await openAhi()
const { datastoreId, studyInstanceUid } = ahi
const exporter = createExporter(ahi.connection)
try {
  const seriesInstanceUid = process.argv[2] ?? (await longestSeries())
  // Every frame is fetched, decoded and compared with its checksum here, many at a time.
  const instances = await exporter.loadStudy({ datastoreId, studyInstanceUid, seriesInstanceUid })
  const [first] = instances
  if (first !== undefined) {
    const samples = await first.frame(0)
    console.log(`stored as ${samples.constructor.name}, ${first.attributes.string('PhotometricInterpretation')}`)
  }

  const { columns, rows, slices, values } = await loadVolume(instances)
  console.log(`${columns} x ${rows} x ${slices}, ${values.constructor.name} of ${values.length}`)
  const { min, max } = range(values)
  console.log(`min ${min}, max ${max} ${first?.attributes.string('RescaleType') ?? ''}`.trimEnd())
} finally {
  await exporter.close()
  await ahi.close()
}

async function longestSeries(): Promise<string> {
  let longest: SeriesSummary | undefined
  for await (const series of exporter.listSeries({ datastoreId, studyInstanceUid, nonPrimary: 'exclude' })) {
    if (series.instanceCount > (longest?.instanceCount ?? 0)) longest = series
  }
  if (longest === undefined) throw new Error(`Cannot load study ${studyInstanceUid}: it has no series`)
  return longest.seriesInstanceUid
}

async function loadVolume(instances: readonly DicomInstance[]): Promise<Volume> {
  const slices = instances.toSorted((a, b) => positionAlongNormal(a) - positionAlongNormal(b))
  const { columns, rows } = sliceSize(slices)
  const values = new Float32Array(columns * rows * slices.length)
  for (const [index, instance] of slices.entries()) {
    const { attributes } = instance
    const slope = attributes.number('RescaleSlope') ?? 1
    const intercept = attributes.number('RescaleIntercept') ?? 0
    const slice = values.subarray(index * columns * rows)
    for (const [sample, stored] of (await instance.frame(0)).entries()) slice[sample] = stored * slope + intercept
  }
  return { columns, rows, slices: slices.length, values }
}

/** Distance of a slice from the origin along the normal of its plane, in millimetres (PS3.3 C.7.6.2.1.1). */
function positionAlongNormal({ attributes }: DicomInstance): number {
  const [rowX = 1, rowY = 0, rowZ = 0, columnX = 0, columnY = 1, columnZ = 0] =
    attributes.numbers('ImageOrientationPatient')
  const [x = 0, y = 0, z = 0] = attributes.numbers('ImagePositionPatient')
  return (
    x * (rowY * columnZ - rowZ * columnY) +
    y * (rowZ * columnX - rowX * columnZ) +
    z * (rowX * columnY - rowY * columnX)
  )
}

/** The size that all slices share. */
function sliceSize(slices: readonly DicomInstance[]): Pick<Volume, 'columns' | 'rows'> {
  const sizes = new Set<string>()
  for (const { attributes, frameCount, sopInstanceUid } of slices) {
    if (frameCount !== 1 || attributes.number('SamplesPerPixel') !== 1) {
      throw new Error(`Cannot stack instance ${sopInstanceUid}: it is not one grey slice; choose another series`)
    }
    sizes.add(`${attributes.number('Columns')} x ${attributes.number('Rows')}`)
  }
  if (sizes.size > 1) throw new Error(`Cannot stack slices of several sizes: ${[...sizes].join(', ')}`)
  const [first] = slices
  return { columns: first?.attributes.number('Columns') ?? 0, rows: first?.attributes.number('Rows') ?? 0 }
}

function range(values: Float32Array): { readonly min: number; readonly max: number } {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max }
}
