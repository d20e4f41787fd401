import { endianness } from 'node:os'
import { expandSegmentedLookupTable } from '@ahi-dicom/renderer'
import type { ImageDescription, LookupTable, Palette } from '@ahi-dicom/renderer'
import type { InstanceAttributes } from './instance.ts'

/**
 * What the attributes of an instance say of how a frame (counted from 0) is shown. In enhanced multi-frame objects the
 * functional groups of the frame come before those shared by all, and both before the data set (PS3.3 C.7.6.16.2.9b and
 * C.7.6.16.2.10b).
 */
export function describeImage(attributes: InstanceAttributes, frame: number): ImageDescription {
  return imageDescriber(attributes)(frame)
}

/** {@link describeImage} for many frames of an instance: what they have in common is looked up once. */
export function imageDescriber(attributes: InstanceAttributes): (frame: number) => ImageDescription {
  const image = describeInstance(attributes)
  const perFrame = attributes.items('PerFrameFunctionalGroupsSequence')
  const shared = attributes.items('SharedFunctionalGroupsSequence')[0]
  return (frame) => {
    const groups = [perFrame[frame], shared]
    const modality = firstItem(groups, 'PixelValueTransformationSequence') ?? attributes
    const voi = firstItem(groups, 'FrameVOILUTSequence') ?? attributes
    return {
      ...image,
      ...describeModality(modality, image.pixelRepresentation),
      ...describeVoi(voi, image.pixelRepresentation),
    }
  }
}

type InstanceDescription = Omit<ImageDescription, keyof ModalityDescription | keyof VoiDescription>
type ModalityDescription = Pick<ImageDescription, 'rescaleSlope' | 'rescaleIntercept' | 'modalityLut'>
type VoiDescription = Pick<ImageDescription, 'windowCenter' | 'windowWidth' | 'voiLutFunction' | 'voiLut'>

function describeInstance(attributes: InstanceAttributes): InstanceDescription {
  const samplesPerPixel = attributes.number('SamplesPerPixel') ?? 1
  return {
    rows: attributes.number('Rows') ?? 0,
    columns: attributes.number('Columns') ?? 0,
    samplesPerPixel,
    photometricInterpretation:
      attributes.string('PhotometricInterpretation') ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    bitsStored: attributes.number('BitsStored') ?? attributes.number('BitsAllocated') ?? 16,
    pixelRepresentation: attributes.number('PixelRepresentation') ?? 0,
    presentationLutShape: attributes.string('PresentationLUTShape'),
    pixelPaddingValue: paddingValue(attributes, 'PixelPaddingValue'),
    pixelPaddingRangeLimit: paddingValue(attributes, 'PixelPaddingRangeLimit'),
    palette: palette(attributes),
  }
}

function describeModality(attributes: InstanceAttributes, pixelRepresentation: number): ModalityDescription {
  return {
    rescaleSlope: attributes.number('RescaleSlope'),
    rescaleIntercept: attributes.number('RescaleIntercept'),
    modalityLut: sequenceTable(attributes, 'ModalityLUTSequence', pixelRepresentation),
  }
}

function describeVoi(attributes: InstanceAttributes, pixelRepresentation: number): VoiDescription {
  return {
    windowCenter: attributes.numbers('WindowCenter'),
    windowWidth: attributes.numbers('WindowWidth'),
    voiLutFunction: attributes.string('VOILUTFunction'),
    voiLut: sequenceTable(attributes, 'VOILUTSequence', pixelRepresentation),
  }
}

function firstItem(
  groups: readonly (InstanceAttributes | undefined)[],
  sequence: string,
): InstanceAttributes | undefined {
  for (const group of groups) {
    const item = group?.items(sequence)[0]
    if (item !== undefined) return item
  }
  return undefined
}

function paddingValue(attributes: InstanceAttributes, keyword: string): number | undefined {
  return (
    attributes.number(keyword) ?? attributes.number(`Float${keyword}`) ?? attributes.number(`DoubleFloat${keyword}`)
  )
}

function sequenceTable(
  attributes: InstanceAttributes,
  sequence: string,
  pixelRepresentation: number,
): LookupTable | undefined {
  const item = attributes.items(sequence)[0]
  return item === undefined ? undefined : table(item, 'LUTDescriptor', 'LUTData', pixelRepresentation)
}

/** Palettes map unsigned values (PS3.3 C.7.6.3.1.5), or signed ones where the descriptor is signed. */
function palette(attributes: InstanceAttributes): Palette | undefined {
  const [red, green, blue] = ['Red', 'Green', 'Blue'].map((colour) => channelTable(attributes, colour))
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue }
}

function channelTable(attributes: InstanceAttributes, colour: string): LookupTable | undefined {
  const descriptor = `${colour}PaletteColorLookupTableDescriptor`
  const plain = table(attributes, descriptor, `${colour}PaletteColorLookupTableData`, 0)
  if (plain !== undefined) return plain
  const segmented = table(attributes, descriptor, `Segmented${colour}PaletteColorLookupTableData`, 0)
  return segmented && { ...segmented, entries: expandSegmentedLookupTable(segmented.entries) }
}

function table(
  attributes: InstanceAttributes,
  descriptorKeyword: string,
  dataKeyword: string,
  pixelRepresentation: number,
): LookupTable | undefined {
  const [count, firstMapped, bits] = attributes.numbers(descriptorKeyword)
  if (count === undefined || firstMapped === undefined || bits === undefined) return undefined
  const entries = tableEntries(attributes, dataKeyword, { count: count === 0 ? 65_536 : count, bits })
  if (entries === undefined || entries.length === 0) return undefined
  const isNegative = pixelRepresentation === 1 && firstMapped > 32_767
  return { firstMapped: isNegative ? firstMapped - 65_536 : firstMapped, bits, entries }
}

interface TableShape {
  readonly count: number
  readonly bits: number
}

/** Entries of VR US are numbers; of VR OW bytes, two an entry, or one where entries have 8 bits and are packed. */
function tableEntries(
  attributes: InstanceAttributes,
  keyword: string,
  shape: TableShape,
): LookupTable['entries'] | undefined {
  const bytes = attributes.bytes(keyword)
  if (bytes === undefined) {
    const numbers = attributes.numbers(keyword)
    return numbers.length === 0 ? undefined : Uint16Array.from(numbers)
  }
  const isSegmented = keyword.startsWith('Segmented')
  if (shape.bits <= 8 && (isSegmented || bytes.byteLength < shape.count * 2)) {
    return isSegmented ? bytes : bytes.subarray(0, shape.count)
  }
  const words = littleEndianWords(bytes)
  return isSegmented ? words : words.subarray(0, shape.count)
}

function littleEndianWords(bytes: Uint8Array): Uint16Array {
  const copy = Buffer.from(bytes.subarray(0, bytes.byteLength & ~1))
  if (endianness() === 'BE') copy.swap16()
  return new Uint16Array(copy.buffer.slice(copy.byteOffset, copy.byteOffset + copy.byteLength))
}
