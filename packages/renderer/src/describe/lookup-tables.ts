import { endianness } from 'node:os'
import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { LookupTable, Palette } from './image-description.ts'
import { expandSegmentedLookupTable } from './segmented-lookup-table.ts'

/** Reads the table of the first item of Modality LUT Sequence or VOI LUT Sequence (PS3.3 C.11.1, C.11.2). */
export function sequenceTable(
  attributes: DicomAttributes,
  sequence: string,
  options: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const item = attributes.items(sequence)[0]
  return item === undefined ? undefined : table(item, 'LUTDescriptor', 'LUTData', options)
}

/** Reads the tables of PALETTE COLOR images. Expands segmented ones (PS3.3 C.7.6.3.1.5, C.7.9). */
export function palette(
  attributes: DicomAttributes,
  options: { readonly hasSignedInput: boolean },
): Palette | undefined {
  const [red, green, blue] = ['Red', 'Green', 'Blue'].map((colour) => channelTable(attributes, colour, options))
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue }
}

function channelTable(
  attributes: DicomAttributes,
  colour: string,
  options: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const descriptor = `${colour}PaletteColorLookupTableDescriptor`
  const plain = table(attributes, descriptor, `${colour}PaletteColorLookupTableData`, options)
  if (plain !== undefined) return plain
  const segmented = table(attributes, descriptor, `Segmented${colour}PaletteColorLookupTableData`, options)
  return segmented && { ...segmented, entries: expandSegmentedLookupTable(segmented.entries) }
}

/** Reads a table. Its first mapped value is US or SS like the input, but a document may hold either form. */
function table(
  attributes: DicomAttributes,
  descriptorKeyword: string,
  dataKeyword: string,
  { hasSignedInput }: { readonly hasSignedInput: boolean },
): LookupTable | undefined {
  const [count, firstMapped, bits] = attributes.numbers(descriptorKeyword)
  if (count === undefined || firstMapped === undefined || bits === undefined) return undefined
  if (![count, firstMapped, bits].every(Number.isInteger)) return undefined
  // If the descriptor was read as SS, the count may be negative too.
  const entries = tableEntries(attributes, dataKeyword, { count: count & 0xffff || 65_536, bits })
  if (entries === undefined || entries.length === 0) return undefined
  const isNegative = hasSignedInput && firstMapped > 32_767
  return { firstMapped: isNegative ? firstMapped - 65_536 : firstMapped, bits, entries }
}

interface TableShape {
  readonly count: number
  readonly bits: number
}

/** Reads entries: numbers if the VR is US; if it is OW, two bytes an entry, or one if entries of 8 bits are packed. */
function tableEntries(
  attributes: DicomAttributes,
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
