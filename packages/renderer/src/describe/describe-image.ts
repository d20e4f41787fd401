import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { describeOverlays } from './describe-overlays.ts'
import { functionalGroups, type FunctionalGroups } from './functional-groups.ts'
import type { ImageDescription } from './image-description.ts'
import { palette, sequenceTable } from './lookup-tables.ts'
import { pixelDensity, type PixelDensity } from './pixel-density.ts'

/**
 * Returns the attributes that say how a frame, counted from 0, is shown. In enhanced multi-frame objects the functional
 * groups of the frame take precedence over those shared by all frames, and both over the data set (PS3.3 C.7.6.16.2.9b
 * and C.7.6.16.2.10b). Real world values (C.7.6.16.2.11) are not meant for display and are ignored.
 *
 * @throws {RenderError} if the segments of a palette are not valid
 */
export function describeImage(attributes: DicomAttributes, frame: number): ImageDescription {
  return frameDescriber(attributes, { overlays: true })(frame).image
}

/** Everything that a picture of a frame needs besides its pixels. */
export interface FrameDescription {
  readonly image: ImageDescription
  readonly density: PixelDensity | undefined
}

/** Returns a {@link describeImage} for many frames of one instance. Looks up what they have in common once. */
export function frameDescriber(
  attributes: DicomAttributes,
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

function describeInstance(attributes: DicomAttributes): InstanceDescription {
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
  attributes: DicomAttributes,
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
  attributes: DicomAttributes,
  { pixelRepresentation }: InstanceDescription,
): ModalityDescription {
  return {
    rescaleSlope: attributes.number('RescaleSlope'),
    rescaleIntercept: attributes.number('RescaleIntercept'),
    modalityLut: sequenceTable(attributes, 'ModalityLUTSequence', { hasSignedInput: pixelRepresentation === 1 }),
  }
}

/** True if values of the modality may be negative. The first value that a VOI LUT maps is then SS (PS3.3 C.11.2.1.1). */
function hasNegativeOutput(modality: ModalityDescription, instance: InstanceDescription): boolean {
  if (modality.modalityLut !== undefined) return false
  const { rescaleSlope = 1, rescaleIntercept = 0 } = modality
  const range = 2 ** instance.bitsStored
  const smallest = instance.pixelRepresentation === 1 ? -range / 2 : 0
  return [smallest, smallest + range - 1].some((stored) => stored * rescaleSlope + rescaleIntercept < 0)
}

/** Returns a padding value of the type of the pixels: US, SS or a real number. */
function paddingValue(attributes: DicomAttributes, keyword: string): number | undefined {
  const value = attributes.number(keyword)
  if (value === undefined) return attributes.number(`Float${keyword}`) ?? attributes.number(`DoubleFloat${keyword}`)
  return value > 32_767 && attributes.number('PixelRepresentation') === 1 ? value - 65_536 : value
}
