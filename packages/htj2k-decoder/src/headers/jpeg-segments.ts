import { markerSegmentAt } from './marker-segment.ts'
import { jpegMarkers } from './markers.ts'
import type { MarkerSegment } from './marker-segment.ts'

/**
 * Process of a JPEG image: its transform, whether several frames of increasing size make the image (hierarchical), and
 * whether arithmetic coding replaces Huffman codes.
 */
export type JpegProcess =
  | 'baseline'
  | `${'extended' | 'progressive' | 'lossless'}${'' | '-hierarchical'}${'' | '-arithmetic'}`
  | 'jpeg-ls'

/** Processes by SOF marker (T.81 table B.1; JPEG-LS: T.87 C.1.1). */
const processes: ReadonlyMap<number, JpegProcess> = new Map([
  [0xffc0, 'baseline'],
  [0xffc1, 'extended'],
  [0xffc2, 'progressive'],
  [0xffc3, 'lossless'],
  [0xffc5, 'extended-hierarchical'],
  [0xffc6, 'progressive-hierarchical'],
  [0xffc7, 'lossless-hierarchical'],
  [0xffc9, 'extended-arithmetic'],
  [0xffca, 'progressive-arithmetic'],
  [0xffcb, 'lossless-arithmetic'],
  [0xffcd, 'extended-hierarchical-arithmetic'],
  [0xffce, 'progressive-hierarchical-arithmetic'],
  [0xffcf, 'lossless-hierarchical-arithmetic'],
  [0xfff7, 'jpeg-ls'],
])

/** Returns the process of a SOF marker. Returns `undefined` for other markers. */
export function processOf(marker: number): JpegProcess | undefined {
  return processes.get(marker)
}

/**
 * Processes of hierarchical images by the process of their first frame, which is coded like a whole image (T.81 J.1.1).
 */
const hierarchical: ReadonlyMap<JpegProcess, JpegProcess> = new Map([
  ['baseline', 'extended-hierarchical'],
  ['extended', 'extended-hierarchical'],
  ['progressive', 'progressive-hierarchical'],
  ['lossless', 'lossless-hierarchical'],
  ['extended-arithmetic', 'extended-hierarchical-arithmetic'],
  ['progressive-arithmetic', 'progressive-hierarchical-arithmetic'],
  ['lossless-arithmetic', 'lossless-hierarchical-arithmetic'],
])

/** Returns the process of a hierarchical image, derived from the process of its first frame. */
export function hierarchicalProcess(first: JpegProcess): JpegProcess {
  return hierarchical.get(first) ?? first
}

/** True if bytes begin like a JPEG or JPEG-LS image. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === jpegMarkers.SOI >> 8 && bytes[1] === (jpegMarkers.SOI & 0xff)
}

/** Returns the offset of the next marker. Any number of bytes FF may come before it (T.81 B.1.1.2). */
export function skipFill(jpeg: DataView, start: number): number {
  let offset = start
  while (offset + 2 <= jpeg.byteLength && jpeg.getUint16(offset) === 0xffff) offset += 1
  return offset
}

/** Yields the segments of a JPEG up to and including its first SOS. Stops at a damaged or cut segment. */
export function* segmentsToScan(jpeg: DataView): Generator<MarkerSegment> {
  let segment = markerSegmentAt(jpeg, skipFill(jpeg, 2))
  while (segment !== undefined) {
    yield segment
    if (segment.marker === jpegMarkers.SOS) return
    segment = markerSegmentAt(jpeg, skipFill(jpeg, segment.end))
  }
}

/** The fields of a SOF segment (T.81 B.2.2). */
export interface SofFields {
  readonly bitsPerSample: number
  /** Height. 0 if a DNL segment after the first scan has it. */
  readonly height: number
  readonly width: number
  readonly components: readonly SofComponent[]
  /** True if the segment has exactly the length for its components. */
  readonly isWhole: boolean
}

/** The fields of one component in a SOF segment. */
export interface SofComponent {
  readonly id: number
  /** Samples across, in proportion to the other components. */
  readonly horizontalSampling: number
  /** Samples down, in proportion to the other components. */
  readonly verticalSampling: number
}

const frameFieldsLength = 6
const frameComponentLength = 3

/** Returns the fields of a SOF segment. Returns `undefined` if it is too short. */
export function readSof(jpeg: DataView, { content, end }: MarkerSegment): SofFields | undefined {
  if (end - content < frameFieldsLength) return undefined
  const count = jpeg.getUint8(content + 5)
  const endOfFields = content + frameFieldsLength + frameComponentLength * count
  if (endOfFields > end) return undefined
  return {
    bitsPerSample: jpeg.getUint8(content),
    height: jpeg.getUint16(content + 1),
    width: jpeg.getUint16(content + 3),
    components: Array.from({ length: count }, (_, component) =>
      sofComponentAt(jpeg, content + frameFieldsLength + frameComponentLength * component),
    ),
    isWhole: endOfFields === end,
  }
}

function sofComponentAt(jpeg: DataView, start: number): SofComponent {
  const sampling = jpeg.getUint8(start + 1)
  return { id: jpeg.getUint8(start), horizontalSampling: sampling >>> 4, verticalSampling: sampling & 0x0f }
}

/** The fields of a SOS segment (T.81 B.2.3). */
export interface SosFields {
  readonly componentIds: readonly number[]
  /** Predictor of the lossless process; NEAR of JPEG-LS (T.87 C.2.3). */
  readonly parameter: number
  /** True if the segment names components and has exactly the length for them. */
  readonly isWhole: boolean
}

/** Returns the fields of a SOS segment. Returns `undefined` if it is too short. */
export function readSos(jpeg: DataView, { content, end }: MarkerSegment): SosFields | undefined {
  const count = end > content ? jpeg.getUint8(content) : 0
  const parameter = content + 1 + 2 * count
  if (parameter >= end) return undefined
  return {
    componentIds: Array.from({ length: count }, (_, index) => jpeg.getUint8(content + 1 + 2 * index)),
    parameter: jpeg.getUint8(parameter),
    // After the parameter come two bytes that select the part of the samples in the scan.
    isWhole: count > 0 && end === parameter + 3,
  }
}
