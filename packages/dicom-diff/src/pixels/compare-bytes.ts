import { swapBytes, type ByteRange, type ByteSource } from '@ahi-dicom/dicom-standard/reader'

/** Bytes in several ranges of a file, in order. */
export interface PlacedBytes {
  readonly source: ByteSource
  readonly ranges: readonly ByteRange[]
  /** Length of the words whose bytes must be reversed. Default: none. */
  readonly swappedUnit?: number | undefined
}

/** Length of a chunk, a multiple of every word length. */
const chunkLength = 1024 * 1024

/** Returns true if bytes are equal. They may be too many for memory. One more zero at the end counts as padding. */
export async function areSameBytes(left: PlacedBytes, right: PlacedBytes): Promise<boolean> {
  if (Math.abs(lengthOf(left) - lengthOf(right)) > 1) return false
  const [ours, theirs] = [chunksOf(left), chunksOf(right)]
  for (;;) {
    const [one, other] = await Promise.all([ours.next(), theirs.next()])
    if (one.done === true && other.done === true) return true
    const [first, second] = [one.value ?? new Uint8Array(0), other.value ?? new Uint8Array(0)]
    const length = Math.min(first.byteLength, second.byteLength)
    if (Buffer.compare(first.subarray(0, length), second.subarray(0, length)) !== 0) return false
    if ([first, second].some((chunk) => chunk.subarray(length).some((byte) => byte !== 0))) return false
  }
}

function lengthOf({ ranges }: Pick<PlacedBytes, 'ranges'>): number {
  return ranges.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

/** Yields chunks of equal length. The last one may be shorter. */
async function* chunksOf({ source, ranges, swappedUnit = 1 }: PlacedBytes): AsyncGenerator<Uint8Array, undefined> {
  const total = lengthOf({ ranges })
  for (let start = 0; start < total; start += chunkLength) {
    const end = Math.min(start + chunkLength, total)
    const chunk = await readAcross(source, ranges, start, end)
    yield swappedUnit > 1 ? swapBytes(chunk, swappedUnit) : chunk
  }
}

async function readAcross(
  source: ByteSource,
  ranges: readonly ByteRange[],
  start: number,
  end: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let passed = 0
  for (const { offset, byteLength } of ranges) {
    const from = Math.max(start - passed, 0)
    const to = Math.min(end - passed, byteLength)
    if (from < to) parts.push(await source.read(offset + from, to - from))
    passed += byteLength
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}
