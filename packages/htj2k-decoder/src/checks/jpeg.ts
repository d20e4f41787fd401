import { processOf, readSof, readSos, skipFill } from '../headers/jpeg-segments.ts'
import { skipScan } from '../headers/jpeg-scan.ts'
import { jpegMarkers } from '../headers/markers.ts'
import { invalid, requireSegment, truncated, unsupported } from './required-segment.ts'
import type { JpegProcess, SofComponent } from '../headers/jpeg-segments.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'

/** A checked JPEG (T.81). */
export interface CheckedJpeg {
  readonly width: number
  readonly height: number
  /** Number of components, 1 or 3. */
  readonly components: number
  /** 8, or 2 to 16 for the lossless process. */
  readonly bitsPerSample: number
  readonly isLossless: boolean
  /** The segments that decoding needs, without those for colours and comments. */
  readonly codingSegments: readonly Uint8Array[]
}

interface Frame extends Omit<CheckedJpeg, 'codingSegments'> {
  readonly componentIds: readonly number[]
}

/** Markers below this one are reserved (T.81 table B.1). */
const firstMarker = 0xffc0
const codingTables = new Set<number>([jpegMarkers.DHT, jpegMarkers.DQT, jpegMarkers.DRI])

/** JPEG processes that this package decodes. */
export const decodedProcesses: ReadonlySet<string | undefined> = new Set([
  'baseline',
  'extended',
  'progressive',
  'lossless',
])

/** Returns true if this package decodes samples of this many bits in a process. */
export function isDecodedPrecision(process: JpegProcess | undefined, bitsPerSample: number): boolean {
  return process === 'lossless' ? bitsPerSample >= 2 && bitsPerSample <= 16 : bitsPerSample === 8
}

/**
 * Sampling factors of three components that libjpeg-turbo decodes, as hexadecimal digits like in SOF. The first
 * component is not subsampled. The others have all, half or a quarter of its samples, across, down or both.
 */
const unsampled = '111111'
const samplings = new Set([unsampled, '211111', '121111', '221111', '411111', '141111', '222121', '221212', '212121'])

/**
 * Reads and checks the segments of a JPEG from SOI to EOI. Coded samples are not decoded, only searched for the next
 * marker.
 *
 * @throws {CodeStreamError} if the JPEG is damaged, cut short, or not supported by this package
 */
export function checkJpeg(bytes: Uint8Array): CheckedJpeg {
  const jpeg = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const codingSegments: Uint8Array[] = []
  const coded = new Set<number>()
  let frame: Frame | undefined
  let offset = nextMarker(jpeg, 2)
  while (jpeg.getUint16(offset) !== jpegMarkers.EOI) {
    const segment = requireSegment(jpeg, offset)
    const { marker, start } = segment
    let { end } = segment
    if (marker === jpegMarkers.SOS) {
      if (frame === undefined) throw invalid(jpeg, 'it has a scan before its frame (SOF)')
      for (const id of scannedComponents(jpeg, segment)) coded.add(id)
      end = skipScan(bytes, end)
    } else if (decodedProcesses.has(processOf(marker))) {
      if (frame !== undefined) throw invalid(jpeg, 'it has two frames (SOF)')
      frame = readFrame(jpeg, segment)
    }
    if (isOfCoding(jpeg, marker)) codingSegments.push(bytes.subarray(start, end))
    offset = nextMarker(jpeg, end)
  }
  if (frame === undefined) throw invalid(jpeg, 'it has no frame (SOF)')
  if (!frame.componentIds.every((id) => coded.has(id))) throw truncated(jpeg, 'one of its components has no scan')
  return { ...frame, codingSegments }
}

function nextMarker(jpeg: DataView, start: number): number {
  const offset = skipFill(jpeg, start)
  if (offset + 2 > jpeg.byteLength) throw truncated(jpeg, 'it has no EOI marker')
  return offset
}

/**
 * Returns true if a segment goes to the codec.
 *
 * @throws {CodeStreamError} if the segment is unknown
 */
function isOfCoding(jpeg: DataView, marker: number): boolean {
  const { APP0, APP15, COM, DAC, RST0, SOI, SOS } = jpegMarkers
  if ((marker >= APP0 && marker <= APP15) || marker === COM) return false
  const process = marker === DAC ? 'extended-arithmetic' : processOf(marker)
  if (decodedProcesses.has(process) || marker === SOS || codingTables.has(marker)) return true
  if (process !== undefined) {
    throw unsupported(jpeg, `it is a JPEG of another process (${process === 'jpeg-ls' ? 'JPEG-LS' : process})`)
  }
  const name = marker.toString(16).toUpperCase()
  if (marker < firstMarker || (marker >= RST0 && marker <= SOI)) throw invalid(jpeg, `it has the marker ${name}`)
  throw unsupported(jpeg, `it has a ${name} segment`)
}

function readFrame(jpeg: DataView, segment: MarkerSegment): Frame {
  const fields = readSof(jpeg, segment)
  if (fields === undefined) throw invalid(jpeg, 'its SOF segment is too short')
  const { bitsPerSample, width, height, isWhole } = fields
  const components = fields.components.length
  if (!isWhole) throw invalid(jpeg, `its SOF segment cannot hold ${components} components`)
  const process = processOf(segment.marker)
  if (!isDecodedPrecision(process, bitsPerSample)) throw unsupported(jpeg, `it is a JPEG of ${bitsPerSample} bits`)
  if (height === 0) throw unsupported(jpeg, 'its height follows its first scan (DNL)')
  if (width === 0) throw invalid(jpeg, `its image is ${width} x ${height}`)
  if (components !== 1 && components !== 3) throw unsupported(jpeg, `it has ${components} components, neither 1 nor 3`)
  const isLossless = process === 'lossless'
  requireSampling(jpeg, fields.components, isLossless)
  const componentIds = fields.components.map(({ id }) => id)
  return { width, height, components, bitsPerSample, isLossless, componentIds }
}

function requireSampling(jpeg: DataView, components: readonly SofComponent[], isLossless: boolean): void {
  const factors = components.flatMap(({ horizontalSampling, verticalSampling }) => [
    horizontalSampling,
    verticalSampling,
  ])
  const sampling = factors.map((factor) => factor.toString(16)).join('')
  const isDecoded = isLossless ? sampling === unsampled : samplings.has(sampling)
  if (components.length === 1 ? /^[1-4]{2}$/.test(sampling) : isDecoded) return
  throw unsupported(jpeg, `its components have the sampling factors ${sampling}`)
}

function scannedComponents(jpeg: DataView, segment: MarkerSegment): readonly number[] {
  const fields = readSos(jpeg, segment)
  if (fields === undefined || !fields.isWhole) throw invalid(jpeg, 'its SOS segment is damaged')
  return fields.componentIds
}
