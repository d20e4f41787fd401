import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { Rescale } from '../model/volume.ts'
import { numberIn, stringsIn, type FrameScope } from './frame-scope.ts'

const parametricMapStorage = '1.2.840.10008.5.1.4.1.1.30'

/**
 * Returns how the stored values of a frame become real-world ones: by DoseGridScaling (PS3.3 C.8.8.3), by the Real World
 * Value Mapping of a parametric map (C.7.6.16.2.11), or by RescaleSlope and RescaleIntercept.
 */
export function rescaleOf(scope: FrameScope): Rescale {
  const { attributes } = scope
  const doseScaling = attributes.number('DoseGridScaling')
  if (doseScaling !== undefined) return { slope: doseScaling, intercept: 0 }
  const mapped = attributes.string('SOPClassUID') === parametricMapStorage ? mappingOf(scope) : undefined
  const mappedSlope = mapped?.number('RealWorldValueSlope')
  if (mappedSlope !== undefined) {
    return { slope: mappedSlope, intercept: mapped?.number('RealWorldValueIntercept') ?? 0 }
  }
  return {
    slope: numberIn(scope, 'PixelValueTransformationSequence', 'RescaleSlope') ?? 1,
    intercept: numberIn(scope, 'PixelValueTransformationSequence', 'RescaleIntercept') ?? 0,
  }
}

/** Returns the unit of real-world values, which PET, dose, rescale type or parametric map attributes state. */
export function unitsOf(scope: FrameScope): string | undefined {
  const { attributes } = scope
  const named = attributes.string('DoseUnits') ?? attributes.string('Units')
  if (named !== undefined && named !== '') return named
  if (attributes.string('SOPClassUID') === parametricMapStorage) {
    return mappingOf(scope)?.items('MeasurementUnitsCodeSequence')[0]?.string('CodeValue')
  }
  const [type = ''] = stringsIn(scope, 'PixelValueTransformationSequence', 'RescaleType')
  if (type !== '' && type !== 'US') return type
  // Without a type, the values of CT are Hounsfield units (PS3.3 C.8.2.1).
  const isCt = attributes.string('Modality') === 'CT'
  return isCt && numberIn(scope, 'PixelValueTransformationSequence', 'RescaleSlope') !== undefined ? 'HU' : undefined
}

function mappingOf({ attributes, groups }: FrameScope): DicomAttributes | undefined {
  return groups.item('RealWorldValueMappingSequence') ?? attributes.items('RealWorldValueMappingSequence')[0]
}
