import { endianness } from 'node:os'
import { expandSegmentedLookupTable } from '@ahi-dicom/renderer'
import type { LookupTable, Palette } from '@ahi-dicom/renderer'
import type { InstanceAttributes } from './instance.ts'

/** The table of the first item of Modality LUT Sequence or VOI LUT Sequence (PS3.3 C.11.1, C.11.2). */
export function sequenceTable(
  attributes: InstanceAttributes,
  sequence: string,
  options: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const item = attributes.items(sequence)[0]
  return item === undefined ? undefined : table(item, 'LUTDescriptor', 'LUTData', options)
}

/** The tables of PALETTE COLOR images, segmented ones expanded (PS3.3 C.7.6.3.1.5, C.7.9). */
export function palette(
  attributes: InstanceAttributes,
  options: { readonly hasSignedInput: boolean },
): Palette | undefined {
  const [red, green, blue] = ['Red', 'Green', 'Blue'].map((colour) => channelTable(attributes, colour, options))
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue }
}

function channelTable(
  attributes: InstanceAttributes,
  colour: string,
  options: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const descriptor = `${colour}PaletteColorLookupTableDescriptor`
  const plain = table(attributes, descriptor, `${colour}PaletteColorLookupTableData`, options)
  if (plain !== undefined) return plain
  const segmented = table(attributes, descriptor, `Segmented${colour}PaletteColorLookupTableData`, options)
  return segmented && { ...segmented, entries: expandSegmentedLookupTable(segmented.entries) }
}

/** The first mapped value is US or SS, as the input is; a document may have either for both. */
function table(
  attributes: InstanceAttributes,
  descriptorKeyword: string,
  dataKeyword: string,
  { hasSignedInput }: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const [count, firstMapped, bits] = attributes.numbers(descriptorKeyword)
  if (count === undefined || firstMapped === undefined || bits === undefined) return undefined
  if (![count, firstMapped, bits].every(Number.isInteger)) return undefined
  // A count of SS may be negative as well.
  const entries = tableEntries(attributes, dataKeyword, { count: count & 0xffff || 65_536, bits })
  if (entries === undefined || entries.length === 0) return undefined
  const isNegative = hasSignedInput && firstMapped > 32_767
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
