import { invalid, readSegment, truncated, unsupported } from './required-segment.ts'
import { skipScan } from './jpeg-scan.ts'
import type { MarkerSegment } from './required-segment.ts'

/** What a JPEG says of itself (T.81). */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** Number of components, 1 or 3. */
  readonly components: number
  /** What decodes to the same samples without the segments that say something of colours or of nothing. */
  readonly codingSegments: readonly Uint8Array[]
}

interface Frame extends Pick<JpegHeader, 'width' | 'height' | 'components'> {
  readonly componentIds: readonly number[]
}

const SOF0 = 0xffc0
const SOF2 = 0xffc2
const DHT = 0xffc4
const RST0 = 0xffd0
const SOI = 0xffd8
const EOI = 0xffd9
const SOS = 0xffda
const DQT = 0xffdb
const DRI = 0xffdd
const APP0 = 0xffe0
const APP15 = 0xffef
const COM = 0xfffe
const CODING_SEGMENTS = new Set([DHT, DQT, DRI])

/** Processes that are not decoded, by the marker of their frame (T.81 table B.1, T.87 C.1.1). */
const OTHER_PROCESSES = new Map([
  [0xffc3, 'lossless'],
  [0xffc5, 'hierarchical'],
  [0xffc6, 'hierarchical'],
  [0xffc7, 'hierarchical'],
  [0xffc9, 'arithmetic'],
  [0xffca, 'arithmetic'],
  [0xffcb, 'arithmetic'],
  [0xffcc, 'arithmetic'],
  [0xffcd, 'arithmetic'],
  [0xffce, 'arithmetic'],
  [0xffcf, 'arithmetic'],
  [0xfff7, 'JPEG-LS'],
])

/**
 * The sampling factors of three components that libjpeg-turbo knows, in hexadecimal as SOF has them. The first has all
 * samples, the others as many or half or a quarter of them across, down or both ways.
 */
const SAMPLINGS = new Set(['111111', '211111', '121111', '221111', '411111', '141111', '222121', '221212', '212121'])

/** Whether bytes are a JPEG and not JPEG 2000. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8
}

/**
 * Reads and checks the segments of a JPEG from SOI to EOI; coded samples are only looked through for the marker that
 * ends them.
 * @throws {CodeStreamError} for what is damaged, cut short, or not decoded by this package
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const jpeg = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const codingSegments: Uint8Array[] = []
  const coded = new Set<number>()
  let frame: Frame | undefined
  let offset = skipFill(jpeg, 2)
  while (jpeg.getUint16(offset) !== EOI) {
    const segment = readSegment(jpeg, offset)
    const { marker, start } = segment
    let { end } = segment
    if (marker === SOS) {
      if (frame === undefined) throw invalid(jpeg, 'it has a scan before its frame (SOF)')
      for (const id of scannedComponents(jpeg, segment)) coded.add(id)
      end = skipScan(bytes, end)
    } else if (marker >= SOF0 && marker <= SOF2) {
      if (frame !== undefined) throw invalid(jpeg, 'it has two frames (SOF)')
      frame = readFrame(jpeg, segment)
    }
    if (isOfCoding(jpeg, marker)) codingSegments.push(bytes.subarray(start, end))
    offset = skipFill(jpeg, end)
  }
  if (frame === undefined) throw invalid(jpeg, 'it has no frame (SOF)')
  if (!frame.componentIds.every((id) => coded.has(id))) throw truncated(jpeg, 'a component of it has no scan')
  return { ...frame, codingSegments }
}

/** Skips what may stand before a marker: any number of bytes FF (T.81 B.1.1.2). */
function skipFill(jpeg: DataView, start: number): number {
  let offset = start
  while (offset + 2 <= jpeg.byteLength && jpeg.getUint16(offset) === 0xffff) offset += 1
  if (offset + 2 > jpeg.byteLength) throw truncated(jpeg, 'it has no EOI marker')
  return offset
}

/** Whether a segment goes to the codec; one that is not known is refused. */
function isOfCoding(jpeg: DataView, marker: number): boolean {
  if ((marker >= APP0 && marker <= APP15) || marker === COM) return false
  const process = OTHER_PROCESSES.get(marker)
  if (process !== undefined) throw unsupported(jpeg, `it is a JPEG of another process (${process})`)
  if ((marker >= SOF0 && marker <= SOF2) || marker === SOS || CODING_SEGMENTS.has(marker)) return true
  if (marker < SOF0 || (marker >= RST0 && marker <= SOI))
    throw invalid(jpeg, `it has the marker ${marker.toString(16).toUpperCase()}`)
  throw unsupported(jpeg, `it has a ${marker.toString(16).toUpperCase()} segment`)
}

function readFrame(jpeg: DataView, { content, end }: MarkerSegment): Frame {
  if (end - content < 6) throw invalid(jpeg, 'its SOF segment is too short')
  const bits = jpeg.getUint8(content)
  const height = jpeg.getUint16(content + 1)
  const width = jpeg.getUint16(content + 3)
  const components = jpeg.getUint8(content + 5)
  if (end - content !== 6 + 3 * components) throw invalid(jpeg, `its SOF segment cannot hold ${components} components`)
  if (bits !== 8) throw unsupported(jpeg, `it is a JPEG of ${bits} bits`)
  if (height === 0) throw unsupported(jpeg, 'its height follows its first scan (DNL)')
  if (width === 0) throw invalid(jpeg, `its image is ${width} x ${height}`)
  if (components !== 1 && components !== 3) throw unsupported(jpeg, `it has ${components} components, neither 1 nor 3`)
  const starts = Array.from({ length: components }, (_, component) => content + 6 + 3 * component)
  requireSampling(
    jpeg,
    starts.map((start) => jpeg.getUint8(start + 1)),
  )
  const componentIds = starts.map((start) => jpeg.getUint8(start))
  return { width, height, components, componentIds }
}

function requireSampling(jpeg: DataView, factors: readonly number[]): void {
  const sampling = factors.map((factor) => factor.toString(16).padStart(2, '0')).join('')
  if (factors.length === 1 ? /^[1-4]{2}$/.test(sampling) : SAMPLINGS.has(sampling)) return
  throw unsupported(jpeg, `its components have the sampling factors ${sampling}`)
}

function scannedComponents(jpeg: DataView, { content, end }: MarkerSegment): number[] {
  const count = end > content ? jpeg.getUint8(content) : 0
  if (count === 0 || end - content !== 4 + 2 * count) throw invalid(jpeg, 'its SOS segment is damaged')
  return Array.from({ length: count }, (_, index) => jpeg.getUint8(content + 1 + 2 * index))
}
