import { tags } from '@ahi-dicom/dicom-standard'
import type { DataElement, DataSet } from '@ahi-dicom/dicom-standard/reader'
import { UnstorableFrameError } from './unstorable-frame-error.ts'
import type { WarningName } from './warning-codes.ts'

/** First bytes of code streams: JPEG and JPEG-LS (SOI), JPEG 2000 (SOC). */
const imageStartBytes: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0xff, 0x4f, 0xff, 0x51],
]

/**
 * Joins the fragments of encapsulated pixel data to frames (PS3.5 A.4). Frames are found by one fragment per frame, by
 * the Extended or the Basic Offset Table, or by the first bytes of each fragment.
 * @throws {UnstorableFrameError} if none of these gives the instance's number of frames
 */
export function encapsulatedFrames(dataSet: DataSet, pixelData: DataElement, numberOfFrames: number): Uint8Array[] {
  const [offsetTable = new Uint8Array(0), ...fragments] = pixelData.fragments ?? []
  if (numberOfFrames === 1 && fragments.length > 0) return [concatenate(fragments)]
  if (fragments.length === numberOfFrames) return fragments
  const extendedTable = dataSet.get(tags.extendedOffsetTable)?.value ?? new Uint8Array(0)
  const located = startsAt(fragments, readOffsets(extendedTable, 8)) ?? startsAt(fragments, readOffsets(offsetTable, 4))
  const starts = located ?? imageStarts(fragments)
  if (starts.length !== numberOfFrames) {
    const hasTable = offsetTable.byteLength > 0 || extendedTable.byteLength > 0
    throw new UnstorableFrameError(
      `${fragments.length} fragments of pixel data cannot be divided into ${numberOfFrames} frames`,
      {
        warning: warningNameOf({
          hasTable,
          isLocated: located !== undefined,
          fragments: fragments.length,
          numberOfFrames,
        }),
      },
    )
  }
  return starts.map((start, frame) => concatenate(fragments.slice(start, starts[frame + 1] ?? fragments.length)))
}

function warningNameOf(found: {
  readonly hasTable: boolean
  readonly isLocated: boolean
  readonly fragments: number
  readonly numberOfFrames: number
}): WarningName {
  if (found.hasTable && !found.isLocated) return 'INVALID_OFFSET_TABLE'
  return found.isLocated || found.fragments < found.numberOfFrames
    ? 'FRAME_NUMBER_MISMATCH'
    : 'FRAMES_EXTRACTION_FAILURE'
}

function readOffsets(table: Uint8Array, byteWidth: 4 | 8): number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  return Array.from({ length: Math.floor(table.byteLength / byteWidth) }, (_, index) =>
    byteWidth === 4 ? view.getUint32(index * 4, true) : Number(view.getBigUint64(index * 8, true)),
  )
}

/**
 * Returns the indexes of the fragments at the given offsets, which count from the first fragment's item tag. Returns
 * `undefined` without offsets, or if no fragment begins at one of them.
 */
function startsAt(fragments: readonly Uint8Array[], offsets: readonly number[]): number[] | undefined {
  if (offsets.length === 0) return undefined
  const fragmentAt = new Map<number, number>()
  let offset = 0
  for (const [index, fragment] of fragments.entries()) {
    fragmentAt.set(offset, index)
    offset += 8 + fragment.byteLength
  }
  const starts = offsets.flatMap((start) => fragmentAt.get(start) ?? [])
  return starts.length === offsets.length ? starts : undefined
}

function imageStarts(fragments: readonly Uint8Array[]): number[] {
  return [...fragments.entries()].filter(([, fragment]) => isImageStart(fragment)).map(([index]) => index)
}

function isImageStart(fragment: Uint8Array): boolean {
  return imageStartBytes.some((start) => start.every((byte, index) => fragment[index] === byte))
}

function concatenate(fragments: readonly Uint8Array[]): Uint8Array {
  const [only] = fragments
  return only !== undefined && fragments.length === 1 ? only : Buffer.concat(fragments)
}
