import { functionalGroups, type DicomAttributes, type FunctionalGroups } from '@ahi-dicom/dicom-standard'
import { describeOverlays } from './describe-overlays.ts'

import type { ImageDescription, LookupTable } from './image-description.ts'
import { palette, sequenceTable } from './lookup-tables.ts'
import { createNumberReader, type NumberReader } from './number-reader.ts'
import type { OnPictureNotice } from './picture-notice.ts'
import { pixelDensity, type PixelDensity } from './pixel-density.ts'
import { isValidWindow } from './window.ts'

/** Options of {@link describeImage}. */
export interface DescribeOptions {
  /**
   * Called for each attribute that a picture does not use as it is, such as an invalid number or a table that
   * contradicts its descriptor.
   */
  readonly onNotice?: OnPictureNotice | undefined
}

/**
 * Returns the attributes that say how a frame, counted from 0, is shown. In enhanced multi-frame objects the functional
 * groups of the frame take precedence over those shared by all frames, and both over the data set (PS3.3 C.7.6.16.2.9b
 * and C.7.6.16.2.10b). Real world values (C.7.6.16.2.11) are not meant for display and are ignored.
 *
 * @throws {RenderError} if the segments of a palette are not valid
 * @example
 * import { describeImage, renderFrame } from '@ahi-dicom/renderer'
 *
 * const description = describeImage(instance.attributes, 0)
 * const { width, height, bits } = renderFrame(await instance.frame(0), description)
 * console.log(width, height, bits) // 512 512 8
 */
export function describeImage(
  attributes: DicomAttributes,
  frame: number,
  { onNotice }: DescribeOptions = {},
): ImageDescription {
  return frameDescriber(attributes, { overlays: true, onNotice })(frame).image
}

/** All that is needed to show a frame, except its pixels. */
export interface FrameDescription {
  readonly image: ImageDescription
  readonly density: PixelDensity | undefined
}

/**
 * Returns a function like {@link describeImage} for the frames of one instance. Reads attributes that all frames share
 * only once.
 */
export function frameDescriber(
  attributes: DicomAttributes,
  { overlays, onNotice = () => {} }: DescribeOptions & { readonly overlays: boolean },
): (frame: number) => FrameDescription {
  const reader = createNumberReader(onNotice)
  const instance = describeInstance(attributes, reader)
  const groupsOf = functionalGroups(attributes)
  const overlaysOf = overlays ? describeOverlays(attributes, reader) : undefined
  return (frame) => {
    const groups = groupsOf(frame)
    const grey = describeGrey({ attributes, groups, reader }, instance)
    return {
      image: { ...instance, ...grey, overlays: overlaysOf?.(frame) },
      density: pixelDensity(attributes, groups, reader),
    }
  }
}

type InstanceDescription = Omit<ImageDescription, keyof ModalityDescription | keyof VoiDescription | 'overlays'>
type ModalityDescription = Pick<ImageDescription, 'rescaleSlope' | 'rescaleIntercept' | 'modalityLut'>
type VoiDescription = Pick<ImageDescription, 'windowCenter' | 'windowWidth' | 'voiLutFunction' | 'voiLut'>

function describeInstance(attributes: DicomAttributes, reader: NumberReader): InstanceDescription {
  const number = (keyword: string): number | undefined => reader.number(attributes, keyword)
  const samplesPerPixel = number('SamplesPerPixel') ?? 1
  const pixelRepresentation = number('PixelRepresentation') ?? 0
  return {
    rows: number('Rows') ?? 0,
    columns: number('Columns') ?? 0,
    samplesPerPixel,
    photometricInterpretation:
      attributes.string('PhotometricInterpretation') ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    bitsStored: number('BitsStored') ?? number('BitsAllocated') ?? 16,
    highBit: number('HighBit'),
    pixelRepresentation,
    presentationLutShape: attributes.string('PresentationLUTShape'),
    pixelPaddingValue: paddingValue(attributes, 'PixelPaddingValue', reader),
    pixelPaddingRangeLimit: paddingValue(attributes, 'PixelPaddingRangeLimit', reader),
    palette: palette(attributes, { hasSignedInput: pixelRepresentation === 1, reader }),
  }
}

/** The attributes of a frame and their reader. */
interface FrameSource {
  readonly attributes: DicomAttributes
  readonly groups: FunctionalGroups
  readonly reader: NumberReader
}

function describeGrey(
  { attributes, groups, reader }: FrameSource,
  instance: InstanceDescription,
): ModalityDescription & VoiDescription {
  const source = groups.item('PixelValueTransformationSequence') ?? attributes
  const modality = describeModality(source, instance, reader)
  const voi = groups.item('FrameVOILUTSequence') ?? attributes
  if (modality === undefined) {
    // Windows and VOI LUTs apply to values of the modality, which are unknown here.
    for (const keyword of ['WindowCenter', 'VOILUTSequence']) {
      if (voi.has(keyword)) reader.note(keyword, 'is ignored, because the values that it applies to are unknown')
    }
    return {}
  }
  return { ...modality, ...describeVoi(voi, { hasSignedInput: hasNegativeOutput(modality, instance), reader }) }
}

/** Returns undefined if the values of the modality are unknown, because their LUT, slope or intercept is invalid. */
function describeModality(
  attributes: DicomAttributes,
  { pixelRepresentation }: InstanceDescription,
  reader: NumberReader,
): ModalityDescription | undefined {
  const modalityLut = sequenceTable(attributes, 'ModalityLUTSequence', {
    hasSignedInput: pixelRepresentation === 1,
    reader,
  })
  const rescaleSlope = reader.number(attributes, 'RescaleSlope')
  const rescaleIntercept = reader.number(attributes, 'RescaleIntercept')
  if (modalityLut !== undefined) return { rescaleSlope, rescaleIntercept, modalityLut }
  if (rescaleSlope === 0) reader.note('RescaleSlope', 'is 0 and is ignored')
  const isBroken = ['RescaleSlope', 'RescaleIntercept'].some((keyword) => reader.isBroken(attributes, keyword))
  const hasBrokenLut = attributes.items('ModalityLUTSequence').length > 0 && rescaleSlope === undefined
  return isBroken || hasBrokenLut || rescaleSlope === 0 ? undefined : { rescaleSlope, rescaleIntercept, modalityLut }
}

function describeVoi(
  attributes: DicomAttributes,
  options: { readonly hasSignedInput: boolean; readonly reader: NumberReader },
): VoiDescription {
  const { reader } = options
  const windowCenter = reader.numbers(attributes, 'WindowCenter')
  const windowWidth = reader.numbers(attributes, 'WindowWidth')
  const voiLutFunction = attributes.string('VOILUTFunction')
  const [center, width] = [windowCenter[0], windowWidth[0]]
  const isStated = center !== undefined || width !== undefined
  if (isStated && !isValidWindow({ center: center ?? NaN, width: width ?? NaN }, voiLutFunction)) {
    reader.note('WindowWidth', 'and WindowCenter are not a valid window and are ignored')
  }
  const voiLut = sequenceTable(attributes, 'VOILUTSequence', options)
  if (voiLut !== undefined && isNarrow(voiLut)) {
    reader.note('LUTDescriptor', 'of the VOI LUT has more bits than its entries use, which makes the picture dark')
  }
  return { windowCenter, windowWidth, voiLutFunction, voiLut }
}

/**
 * Returns true if no entry uses the highest bit of the descriptor. White is still the largest value that the descriptor
 * allows.
 */
function isNarrow({ bits, entries }: LookupTable): boolean {
  return bits > 8 && entries.every((entry) => entry < 2 ** (bits - 1))
}

/**
 * Returns true if values of the modality may be negative. The first value that a VOI LUT maps is then SS (PS3.3
 * C.11.2.1.1).
 */
function hasNegativeOutput(modality: ModalityDescription, instance: InstanceDescription): boolean {
  if (modality.modalityLut !== undefined) return false
  const { rescaleSlope = 1, rescaleIntercept = 0 } = modality
  const range = 2 ** instance.bitsStored
  const smallest = instance.pixelRepresentation === 1 ? -range / 2 : 0
  return [smallest, smallest + range - 1].some((stored) => stored * rescaleSlope + rescaleIntercept < 0)
}

/** Returns a padding value in the type of the pixels: US, SS or float. */
function paddingValue(attributes: DicomAttributes, keyword: string, reader: NumberReader): number | undefined {
  const value = reader.number(attributes, keyword)
  // Float pixels may be padded with NaN, which never counts for a window.
  if (value === undefined) return attributes.number(`Float${keyword}`) ?? attributes.number(`DoubleFloat${keyword}`)
  return value > 32_767 && reader.number(attributes, 'PixelRepresentation') === 1 ? value - 65_536 : value
}
