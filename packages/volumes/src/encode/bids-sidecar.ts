import { frameScopes, numberIn, stringsIn, type FrameScope } from '../frames/frame-scope.ts'
import type { PlannedVolume } from '../model/volume.ts'

/** A value of a sidecar. */
export type SidecarValue = string | number | readonly string[] | readonly number[] | readonly object[] | object

/** An attribute of DICOM and its name in BIDS. */
interface SidecarField {
  readonly name: string
  readonly keyword: string
  /** The functional group that has it in enhanced objects. */
  readonly sequence?: string
  /** Factor that a number is multiplied by. Undefined for texts. */
  readonly factor?: number
  /** Whether the name stands for a list. */
  readonly isList?: boolean
}

const secondsInMillisecond = 1e-3

/** Nothing here tells who was examined, when or where. */
const fields: readonly SidecarField[] = [
  { name: 'Modality', keyword: 'Modality' },
  { name: 'Manufacturer', keyword: 'Manufacturer' },
  { name: 'ManufacturersModelName', keyword: 'ManufacturerModelName' },
  { name: 'SoftwareVersions', keyword: 'SoftwareVersions' },
  { name: 'MagneticFieldStrength', keyword: 'MagneticFieldStrength', factor: 1 },
  { name: 'ReceiveCoilName', keyword: 'ReceiveCoilName', sequence: 'MRReceiveCoilSequence' },
  { name: 'MRAcquisitionType', keyword: 'MRAcquisitionType' },
  { name: 'ScanningSequence', keyword: 'ScanningSequence', isList: true },
  { name: 'SequenceVariant', keyword: 'SequenceVariant', isList: true },
  { name: 'ScanOptions', keyword: 'ScanOptions', isList: true },
  {
    name: 'RepetitionTime',
    keyword: 'RepetitionTime',
    sequence: 'MRTimingAndRelatedParametersSequence',
    factor: secondsInMillisecond,
  },
  { name: 'EchoTime', keyword: 'EchoTime', factor: secondsInMillisecond },
  { name: 'EchoTime', keyword: 'EffectiveEchoTime', sequence: 'MREchoSequence', factor: secondsInMillisecond },
  { name: 'InversionTime', keyword: 'InversionTime', factor: secondsInMillisecond },
  { name: 'FlipAngle', keyword: 'FlipAngle', sequence: 'MRTimingAndRelatedParametersSequence', factor: 1 },
  { name: 'SliceThickness', keyword: 'SliceThickness', sequence: 'PixelMeasuresSequence', factor: 1 },
  { name: 'AttenuationCorrection', keyword: 'AttenuationCorrectionMethod' },
  { name: 'ImageType', keyword: 'ImageType', isList: true },
]

/**
 * Returns the sidecar of a volume by the names of BIDS 1.10: times in seconds, values that all instances share. It has no name
 * of a patient or a person, no date, and no place. Values without a name in BIDS are written as `Units`, `RescaleSlope`,
 * `RescaleIntercept`, `FourthAxis`, `Segments` and `Warnings`.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { bidsSidecar, planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) {
 *   await writeFile(`series${volume.name}.json`, JSON.stringify(bidsSidecar(volume)))
 * }
 */
export function bidsSidecar(volume: PlannedVolume): Readonly<Record<string, SidecarValue>> {
  const scopes = volume.instances.map(({ attributes }) => frameScopes(attributes)(0))
  const shared = fields.flatMap(({ name, ...field }): [string, SidecarValue][] => {
    const value = sharedValue(scopes, { name, ...field })
    return value === undefined ? [] : [[name, value]]
  })
  const { name, seriesInstanceUid, units, rescale, fourthAxis, segments, warnings } = volume
  return {
    ...Object.fromEntries(shared),
    ...(units === undefined ? {} : { Units: bidsUnits.get(units) ?? units }),
    RescaleSlope: rescale.slope,
    RescaleIntercept: rescale.intercept,
    ...(fourthAxis === undefined ? {} : { FourthAxis: fourthAxis }),
    ...(segments.length === 0 ? {} : { Segments: segments }),
    ...(warnings.length === 0 ? {} : { Warnings: warnings }),
    SeriesInstanceUID: seriesInstanceUid,
    ...(name === '' ? {} : { VolumeName: name }),
    ConversionSoftware: 'ahi-dicom',
  }
}

/** Units that BIDS writes in another way than DICOM. */
const bidsUnits: ReadonlyMap<string, string> = new Map([
  ['BQML', 'Bq/mL'],
  ['GY', 'Gy'],
])

function sharedValue(scopes: readonly FrameScope[], field: SidecarField): SidecarValue | undefined {
  const [first, ...others] = scopes.map((scope) => valueOf(scope, field))
  const isShared = others.every((value) => JSON.stringify(value) === JSON.stringify(first))
  return isShared ? first : undefined
}

function valueOf(
  scope: FrameScope,
  { keyword, sequence = '', factor, isList }: SidecarField,
): SidecarValue | undefined {
  if (factor !== undefined) {
    const number = numberIn(scope, sequence, keyword)
    return number === undefined ? undefined : Number((number * factor).toPrecision(12))
  }
  const texts = stringsIn(scope, sequence, keyword).filter((text) => text !== '')
  if (texts.length === 0) return undefined
  return isList === true ? texts : texts.join(' ')
}
