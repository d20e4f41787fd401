import { tags } from '@ahi-dicom/dicom-standard'
import type { ByteRange, ByteSource, FileElement } from '@ahi-dicom/dicom-standard/reader'

/** The fragments of each frame, and the state of the Basic Offset Table. */
export interface FrameFragments {
  readonly frames: readonly (readonly ByteRange[])[]
  /** True if the Basic Offset Table points to the frames, or if there is no table. */
  readonly isTableRight: boolean
}

const startLength = 8
/** First bytes of an image: JPEG and JPEG-LS (SOI), JPEG 2000 (SOC), boxes of JPEG 2000. */
const imageStarts: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0xff, 0x4f, 0xff, 0x51],
  [0, 0, 0, 12, 0x6a, 0x50],
]

/**
 * Groups the fragments of encapsulated pixel data into frames (PS3.5 A.4): by an offset table, by one fragment per
 * frame, or by the first bytes of each fragment. Returns as many frames as it finds.
 */
export async function frameFragments(
  source: ByteSource,
  places: readonly ByteRange[],
  { dataSet, frames }: { readonly dataSet: ReadonlyMap<number, FileElement>; readonly frames: number },
): Promise<FrameFragments> {
  const [tablePlace, ...fragments] = places
  const basic = offsetsOf(tablePlace === undefined ? new Uint8Array(0) : await readRange(source, tablePlace), 4)
  const starts = fragmentStarts(fragments)
  const located = indexesAt(starts, basic)
  const isTableRight = basic.length === 0 || located?.length === frames
  if (frames === 1 && fragments.length > 0) return { frames: [fragments], isTableRight }
  if (fragments.length === frames) return { frames: fragments.map((fragment) => [fragment]), isTableRight }
  const extended = indexesAt(starts, offsetsOf(await extendedTable(source, dataSet), 8))
  const firsts = extended ?? located ?? (await imageStartsOf(source, fragments))
  return { frames: firsts.map((first, frame) => fragments.slice(first, firsts[frame + 1])), isTableRight }
}

/** Reads a whole range. */
async function readRange(source: ByteSource, { offset, byteLength }: ByteRange): Promise<Uint8Array> {
  return await source.read(offset, byteLength)
}

/** Reads the fragments of a frame into one array. */
export async function readFragments(source: ByteSource, fragments: readonly ByteRange[]): Promise<Uint8Array> {
  const parts = await Promise.all(fragments.map((fragment) => readRange(source, fragment)))
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)
}

async function extendedTable(source: ByteSource, dataSet: ReadonlyMap<number, FileElement>): Promise<Uint8Array> {
  const element = dataSet.get(tags.extendedOffsetTable)
  return element?.place === undefined ? (element?.value ?? new Uint8Array(0)) : await readRange(source, element.place)
}

function offsetsOf(table: Uint8Array, byteWidth: 4 | 8): readonly number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  return Array.from({ length: Math.floor(table.byteLength / byteWidth) }, (_, index) =>
    byteWidth === 4 ? view.getUint32(index * 4, true) : Number(view.getBigUint64(index * 8, true)),
  )
}

/** Maps the offset of each fragment's item, relative to the first one, to its index. */
function fragmentStarts(fragments: readonly ByteRange[]): ReadonlyMap<number, number> {
  const [first] = fragments
  return new Map(fragments.map(({ offset }, index) => [offset - (first?.offset ?? 0), index]))
}

function indexesAt(starts: ReadonlyMap<number, number>, offsets: readonly number[]): readonly number[] | undefined {
  const indexes = offsets.flatMap((offset) => starts.get(offset) ?? [])
  return offsets.length > 0 && indexes.length === offsets.length ? indexes : undefined
}

async function imageStartsOf(source: ByteSource, fragments: readonly ByteRange[]): Promise<readonly number[]> {
  const indexes: number[] = []
  for (const [index, { offset, byteLength }] of fragments.entries()) {
    const start = await source.read(offset, Math.min(byteLength, startLength))
    if (imageStarts.some((bytes) => bytes.every((byte, at) => start[at] === byte))) indexes.push(index)
  }
  return indexes
}
