import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { LookupTable, Palette } from './image-description.ts'
import type { NumberReader } from './number-reader.ts'
import { expandSegmentedLookupTable } from './segmented-lookup-table.ts'
import { isOfBytes, tableData, words, type TableData } from './table-data.ts'

/** Options for reading a table. */
interface TableOptions {
  /** True if the table maps signed values. Its first mapped value is then SS, else US. */
  readonly hasSignedInput: boolean
  readonly reader: NumberReader
}

/** Reads the table of the first item of Modality LUT Sequence or VOI LUT Sequence (PS3.3 C.11.1, C.11.2). */
export function sequenceTable(
  attributes: DicomAttributes,
  sequence: string,
  options: TableOptions,
): LookupTable | undefined {
  const item = attributes.items(sequence)[0]
  if (item === undefined) return undefined
  const descriptor = readDescriptor(item, 'LUTDescriptor', options)
  const table = descriptor && readTable(item, { descriptor, keyword: 'LUTData' }, options)
  if (table === undefined) options.reader.note(sequence, 'has no usable table and is ignored')
  return table
}

/** Reads the tables of PALETTE COLOR images. Expands segmented ones (PS3.3 C.7.6.3.1.5, C.7.9). */
export function palette(attributes: DicomAttributes, options: TableOptions): Palette | undefined {
  const [red, green, blue] = ['Red', 'Green', 'Blue'].map((colour) => channelTable(attributes, colour, options))
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue }
}

function channelTable(attributes: DicomAttributes, colour: string, options: TableOptions): LookupTable | undefined {
  const name = `${colour}PaletteColorLookupTable`
  const descriptor = readDescriptor(attributes, `${name}Descriptor`, options)
  if (descriptor === undefined) return undefined
  const plain = readTable(attributes, { descriptor, keyword: `${name}Data` }, options)
  return plain ?? readSegments(attributes, { descriptor, keyword: `Segmented${name}Data` }, options)
}

/** The three numbers of a LUT Descriptor. */
interface Descriptor {
  readonly count: number
  readonly firstMapped: number
  readonly bits: number
}

/** Reads a descriptor. The count and the bits are unsigned in every VR (PS3.3 C.11.1.1.1). A count of 0 means 65536. */
function readDescriptor(
  attributes: DicomAttributes,
  keyword: string,
  { hasSignedInput, reader }: TableOptions,
): Descriptor | undefined {
  const bytes = attributes.bytes(keyword)
  const numbers = bytes === undefined ? reader.numbers(attributes, keyword) : [...words(bytes)]
  const [count, firstMapped, bits] = numbers
  if (count === undefined || firstMapped === undefined || bits === undefined || !numbers.every(Number.isInteger)) {
    if (numbers.length > 0) reader.note(keyword, 'is not three integers, so its table is ignored')
    return undefined
  }
  const isNegative = hasSignedInput && firstMapped > 32_767
  return { count: count & 0xffff || 65_536, firstMapped: isNegative ? firstMapped - 65_536 : firstMapped, bits }
}

interface TableSource {
  readonly descriptor: Descriptor
  /** Keyword of the entries. */
  readonly keyword: string
}

function readTable(
  attributes: DicomAttributes,
  { descriptor, keyword }: TableSource,
  { reader }: TableOptions,
): LookupTable | undefined {
  const data = readData(attributes, keyword, reader)
  if (data === undefined) return undefined
  const { count, firstMapped } = descriptor
  const isPacked = isOfBytes(data, descriptor)
  const all = isPacked ? data.bytes : data.words
  const entries = all.subarray(0, count)
  if (entries.length < count)
    reader.note(keyword, 'has fewer entries than its descriptor states; the last one is repeated')
  // An odd number of packed entries is followed by a byte of padding.
  else if (all.length > count + (isPacked ? count % 2 : 0)) {
    reader.note(keyword, 'has more entries than its descriptor states; the first ones are used')
  }
  return { firstMapped, bits: bitsOf(entries, { bits: descriptor.bits, isPacked, keyword, reader }), entries }
}

interface EntryOptions {
  /** Bits in the descriptor. */
  readonly bits: number
  readonly isPacked: boolean
  readonly keyword: string
  readonly reader: NumberReader
}

/** Returns the bits of the descriptor, unless they are invalid or the entries are packed in bytes. */
function bitsOf(entries: LookupTable['entries'], { bits, isPacked, keyword, reader }: EntryOptions): number {
  if (isPacked && bits !== 8) {
    reader.note(keyword, 'has entries of 8 bits, but its descriptor states another number of bits')
    return 8
  }
  let largest = 0
  for (const entry of entries) if (entry > largest) largest = entry
  if (bits < 8 || bits > 16) {
    reader.note(keyword, 'has a descriptor without a valid number of bits, so the entries decide')
    return largest < 256 ? 8 : 16
  }
  if (largest >= 2 ** bits)
    reader.note(keyword, 'has entries beyond the bits of its descriptor; the largest one is white')
  return bits
}

function readSegments(
  attributes: DicomAttributes,
  { descriptor, keyword }: TableSource,
  { reader }: TableOptions,
): LookupTable | undefined {
  const data = readData(attributes, keyword, reader)
  if (data === undefined) return undefined
  const { count, firstMapped, bits } = descriptor
  // The first segment is discrete: opcode 0, then its length. In words, the second byte is the upper half of the
  // opcode.
  const isPacked = bits <= 8 && (data.bytes[1] ?? 0) !== 0
  const expanded = expandSegmentedLookupTable(isPacked ? data.bytes : data.words)
  if (expanded.length === 0) return undefined
  if (expanded.length !== count) reader.note(keyword, 'makes another number of entries than its descriptor states')
  return { firstMapped, bits, entries: expanded.subarray(0, count) }
}

/** Returns undefined if there are no data. */
function readData(attributes: DicomAttributes, keyword: string, reader: NumberReader): TableData | undefined {
  const data = tableData(attributes, keyword)
  if (data !== 'broken') return data
  reader.note(keyword, 'has values that are not integers of 16 bits, so its table is ignored')
  return undefined
}
