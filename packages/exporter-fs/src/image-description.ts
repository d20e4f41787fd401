import { endianness } from 'node:os'
import { expandSegmentedLookupTable } from '@ahi-dicom/renderer'
import type { ImageDescription, LookupTable, Palette } from '@ahi-dicom/renderer'
import type { InstanceAttributes } from './instance.ts'

/**
 * What the attributes of an instance say of how a frame is shown. In enhanced multi-frame objects the functional groups
 * of the frame come before those shared by all, and both before the data set (PS3.3 C.7.6.16.2.9 and C.7.6.16.2.10).
 */
export function describeImage(attributes: InstanceAttributes, frame: number): ImageDescription {
  const modality = frameModule(attributes, frame, 'PixelValueTransformationSequence')
  const voi = frameModule(attributes, frame, 'FrameVOILUTSequence')
  const samplesPerPixel = attributes.number('SamplesPerPixel') ?? 1
  const pixelRepresentation = attributes.number('PixelRepresentation') ?? 0
  return {
    rows: attributes.number('Rows') ?? 0,
    columns: attributes.number('Columns') ?? 0,
    samplesPerPixel,
    photometricInterpretation:
      attributes.string('PhotometricInterpretation') ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    bitsStored: attributes.number('BitsStored') ?? attributes.number('BitsAllocated') ?? 16,
    pixelRepresentation,
    rescaleSlope: modality.number('RescaleSlope'),
    rescaleIntercept: modality.number('RescaleIntercept'),
    modalityLut: sequenceTable(modality, 'ModalityLUTSequence', pixelRepresentation),
    windowCenter: voi.numbers('WindowCenter'),
    windowWidth: voi.numbers('WindowWidth'),
    voiLutFunction: voi.string('VOILUTFunction'),
    voiLut: sequenceTable(voi, 'VOILUTSequence', pixelRepresentation),
    presentationLutShape: attributes.string('PresentationLUTShape'),
    pixelPaddingValue: paddingValue(attributes, 'PixelPaddingValue'),
    pixelPaddingRangeLimit: paddingValue(attributes, 'PixelPaddingRangeLimit'),
    palette: palette(attributes),
  }
}

function frameModule(attributes: InstanceAttributes, frame: number, sequence: string): InstanceAttributes {
  const own = attributes.items('PerFrameFunctionalGroupsSequence')[frame]?.items(sequence)[0]
  return own ?? attributes.items('SharedFunctionalGroupsSequence')[0]?.items(sequence)[0] ?? attributes
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
