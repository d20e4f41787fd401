import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { Overlay } from './image-description.ts'
import type { NumberReader } from './number-reader.ts'

/** Returns the overlay on a frame, counted from 0, if it has one. */
type OverlayPlane = (frame: number) => Overlay | undefined

/** Overlays are in the groups 6000, 6002 … 601E (PS3.3 C.9.2). */
const overlayGroups = Array.from({ length: 16 }, (_, index) => (0x6000 + 2 * index).toString(16).toUpperCase())

/** Reads all overlays of a data set. Returns a function that finds those on a frame, counted from 0. */
export function describeOverlays(
  attributes: DicomAttributes,
  reader: NumberReader,
): (frame: number) => readonly Overlay[] {
  const planes = overlayGroups
    .map((group) => readPlane({ attributes, reader }, group))
    .filter((plane) => plane !== undefined)
  return (frame) => planes.map((plane) => plane(frame)).filter((overlay) => overlay !== undefined)
}

interface OverlaySource {
  readonly attributes: DicomAttributes
  readonly reader: NumberReader
}

function readPlane({ attributes, reader }: OverlaySource, group: string): OverlayPlane | undefined {
  const data = attributes.bytes(`${group}3000`)
  const type = attributes.string(`${group}0040`)
  if (data === undefined || data.byteLength === 0) return embeddedPlane({ attributes, reader }, { group, type })
  const rows = reader.number(attributes, `${group}0010`)
  const columns = reader.number(attributes, `${group}0011`)
  if (rows === undefined || columns === undefined) return undefined
  const [row = 1, column = 1] = reader.numbers(attributes, `${group}0050`)
  const { firstFrame, lastFrame, isMultiFrame } = overlaidFrames({ attributes, reader }, group)
  return (frame) => {
    if (frame < firstFrame || frame > lastFrame) return undefined
    const firstBit = isMultiFrame ? (frame - firstFrame) * rows * columns : 0
    return { rows, columns, origin: [row, column], data, firstBit, type }
  }
}

interface OverlaidFrames {
  readonly firstFrame: number
  readonly lastFrame: number
  /** True if each frame has its own bitmap. Otherwise all frames share one. */
  readonly isMultiFrame: boolean
}

/**
 * One bitmap applies to all frames unless Image Frame Origin or Number of Frames in Overlay is present (PS3.3 C.9.3).
 */
function overlaidFrames({ attributes, reader }: OverlaySource, group: string): OverlaidFrames {
  const count = reader.number(attributes, `${group}0015`)
  const origin = reader.number(attributes, `${group}0051`)
  if (count === undefined && origin === undefined) return { firstFrame: 0, lastFrame: Infinity, isMultiFrame: false }
  const firstFrame = Math.max(origin ?? 1, 1) - 1
  return { firstFrame, lastFrame: firstFrame + (count ?? 1) - 1, isMultiFrame: true }
}

/** Reads an overlay without Overlay Data: its points are in an unused bit of the samples. */
function embeddedPlane(
  { attributes, reader }: OverlaySource,
  { group, type }: { readonly group: string; readonly type: string | undefined },
): OverlayPlane | undefined {
  const bitPosition = reader.number(attributes, `${group}0102`)
  const bitsStored = reader.number(attributes, 'BitsStored')
  if (bitPosition === undefined || bitsStored === undefined || reader.number(attributes, 'SamplesPerPixel') !== 1)
    return undefined
  const highBit = reader.number(attributes, 'HighBit') ?? bitsStored - 1
  const isValueBit = bitPosition <= highBit && bitPosition > highBit - bitsStored
  return isValueBit ? undefined : () => ({ bitPosition, type })
}
