import type { ImageDescription } from '@ahi-dicom/renderer'
import { functionalGroups } from './functional-groups.ts'
import type { FunctionalGroups } from './functional-groups.ts'
import type { InstanceAttributes } from './instance.ts'
import { palette, sequenceTable } from './lookup-tables.ts'
import { describeOverlays } from './overlays.ts'
import { pixelDensity } from './pixel-density.ts'
import type { PixelDensity } from './pixel-density.ts'

/**
 * What the attributes of an instance say of how a frame (counted from 0) is shown. In enhanced multi-frame objects the
 * functional groups of the frame come before those shared by all, and both before the data set (PS3.3 C.7.6.16.2.9b and
 * C.7.6.16.2.10b). Real world values (C.7.6.16.2.11) are not for showing, and left alone.
 */
export function describeImage(attributes: InstanceAttributes, frame: number): ImageDescription {
  return frameDescriber(attributes, { overlays: true })(frame).image
}

/** All that a picture of a frame is made of beside its pixels. */
export interface FrameDescription {
  readonly image: ImageDescription
  readonly density: PixelDensity | undefined
}

/** {@link describeImage} for many frames of an instance: what they have in common is looked up once. */
export function frameDescriber(
  attributes: InstanceAttributes,
  options: { readonly overlays: boolean },
): (frame: number) => FrameDescription {
  const instance = describeInstance(attributes)
  const groupsOf = functionalGroups(attributes)
  const overlaysOf = options.overlays ? describeOverlays(attributes) : undefined
  return (frame) => {
    const groups = groupsOf(frame)
    const image = { ...instance, ...describeGrey(attributes, groups, instance), overlays: overlaysOf?.(frame) }
    return { image, density: pixelDensity(attributes, groups) }
  }
}

type InstanceDescription = Omit<ImageDescription, keyof ModalityDescription | keyof VoiDescription | 'overlays'>
type ModalityDescription = Pick<ImageDescription, 'rescaleSlope' | 'rescaleIntercept' | 'modalityLut'>
type VoiDescription = Pick<ImageDescription, 'windowCenter' | 'windowWidth' | 'voiLutFunction' | 'voiLut'>

function describeInstance(attributes: InstanceAttributes): InstanceDescription {
  const samplesPerPixel = attributes.number('SamplesPerPixel') ?? 1
  const pixelRepresentation = attributes.number('PixelRepresentation') ?? 0
  return {
    rows: attributes.number('Rows') ?? 0,
    columns: attributes.number('Columns') ?? 0,
    samplesPerPixel,
    photometricInterpretation:
      attributes.string('PhotometricInterpretation') ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    bitsStored: attributes.number('BitsStored') ?? attributes.number('BitsAllocated') ?? 16,
    highBit: attributes.number('HighBit'),
    pixelRepresentation,
    presentationLutShape: attributes.string('PresentationLUTShape'),
    pixelPaddingValue: paddingValue(attributes, 'PixelPaddingValue'),
    pixelPaddingRangeLimit: paddingValue(attributes, 'PixelPaddingRangeLimit'),
    palette: palette(attributes, { hasSignedInput: pixelRepresentation === 1 }),
  }
}

function describeGrey(
  attributes: InstanceAttributes,
  groups: FunctionalGroups,
  instance: InstanceDescription,
): ModalityDescription & VoiDescription {
  const modality = describeModality(groups.item('PixelValueTransformationSequence') ?? attributes, instance)
  const voi = groups.item('FrameVOILUTSequence') ?? attributes
  return {
    ...modality,
    windowCenter: voi.numbers('WindowCenter'),
    windowWidth: voi.numbers('WindowWidth'),
    voiLutFunction: voi.string('VOILUTFunction'),
    voiLut: sequenceTable(voi, 'VOILUTSequence', { hasSignedInput: hasNegativeOutput(modality, instance) }),
  }
}

function describeModality(
  attributes: InstanceAttributes,
  { pixelRepresentation }: InstanceDescription,
): ModalityDescription {
  return {
    rescaleSlope: attributes.number('RescaleSlope'),
    rescaleIntercept: attributes.number('RescaleIntercept'),
    modalityLut: sequenceTable(attributes, 'ModalityLUTSequence', { hasSignedInput: pixelRepresentation === 1 }),
  }
}

/** Whether values of the modality may be negative, which makes those that a VOI LUT maps SS (PS3.3 C.11.2.1.1). */
function hasNegativeOutput(modality: ModalityDescription, instance: InstanceDescription): boolean {
  if (modality.modalityLut !== undefined) return false
  const { rescaleSlope = 1, rescaleIntercept = 0 } = modality
  const range = 2 ** instance.bitsStored
  const smallest = instance.pixelRepresentation === 1 ? -range / 2 : 0
  return [smallest, smallest + range - 1].some((stored) => stored * rescaleSlope + rescaleIntercept < 0)
}

/** US or SS as the pixels are, or a real number where they are. */
function paddingValue(attributes: InstanceAttributes, keyword: string): number | undefined {
  const value = attributes.number(keyword)
  if (value === undefined) return attributes.number(`Float${keyword}`) ?? attributes.number(`DoubleFloat${keyword}`)
  return value > 32_767 && attributes.number('PixelRepresentation') === 1 ? value - 65_536 : value
}
