import { readCodingStyle } from './coding-style.ts'
import { findCodeStream } from './find-code-stream.ts'
import { readImageSize, tileCount } from './image-size.ts'
import { Marker, invalid, markerName, readMarker, readSegment, unsupported } from './marker-segment.ts'
import { requireQuantization } from './quantization.ts'
import { requireTileParts } from './tile-parts.ts'
import type { CodingStyle } from './coding-style.ts'
import type { ImageSize } from './image-size.ts'
import type { MarkerSegment } from './marker-segment.ts'

/** What a code stream says of itself. */
export interface CodeStreamHeader extends ImageSize, CodingStyle {}

/** The segments of a main header that are read; the first SOT follows at `end`. */
interface MainHeader {
  readonly segments: ReadonlyMap<number, MarkerSegment>
  readonly quantizations: readonly MarkerSegment[]
  readonly end: number
}

const READ_ONCE = new Set<number>([Marker.CAP, Marker.SIZ, Marker.COD, Marker.QCD])
const SKIPPED = new Set<number>([Marker.TLM, Marker.PLM, Marker.PRF, Marker.CPF, Marker.CRG, Marker.COM])
const HT_CAPABILITY = 0x00020000

/**
 * Reads and checks the header of an HTJ2K code stream, raw or boxed (.jph), and the chain of its tile-parts up to its
 * end: everything but the coded samples. What passes decodes without a hang; only a checksum tells whether its samples
 * are the right ones.
 * @throws {CodeStreamError} for what is damaged, cut short, or not decoded by this package
 */
export function readCodeStreamHeader(bytes: Uint8Array): CodeStreamHeader {
  const found = findCodeStream(bytes)
  const codeStream = new DataView(found.buffer, found.byteOffset, found.byteLength)
  const main = readMainHeader(codeStream)
  const size = readImageSize(codeStream, requireSegment(codeStream, main, Marker.SIZ))
  requireHtCapability(codeStream, requireSegment(codeStream, main, Marker.CAP))
  const style = readCodingStyle(codeStream, requireSegment(codeStream, main, Marker.COD))
  requireSegment(codeStream, main, Marker.QCD)
  const header = { ...size, ...style }
  for (const segment of main.quantizations) requireQuantization(codeStream, segment, header)
  if (style.usesColorTransform && size.components < 3) {
    throw invalid(codeStream, `its colour transform needs three components, it has ${size.components}`)
  }
  requireTileParts(codeStream, main.end, tileCount(size))
  return header
}

function readMainHeader(codeStream: DataView): MainHeader {
  if (readMarker(codeStream, 0) !== Marker.SOC) throw invalid(codeStream, 'it does not begin with SOC')
  if (readMarker(codeStream, 2) !== Marker.SIZ) throw invalid(codeStream, 'SIZ does not follow its SOC')
  const segments = new Map<number, MarkerSegment>()
  const quantizations: MarkerSegment[] = []
  let offset = 2
  while (readMarker(codeStream, offset) !== Marker.SOT) {
    const segment = readSegment(codeStream, offset)
    const { marker } = segment
    if (READ_ONCE.has(marker)) {
      if (segments.has(marker)) throw invalid(codeStream, `it has two ${markerName(marker)} segments`)
      segments.set(marker, segment)
    } else if (marker !== Marker.QCC && !SKIPPED.has(marker)) {
      throw unsupported(codeStream, `it has a ${markerName(marker)} segment`)
    }
    if (marker === Marker.QCD || marker === Marker.QCC) quantizations.push(segment)
    offset = segment.end
  }
  return { segments, quantizations, end: offset }
}

function requireSegment(codeStream: DataView, { segments }: MainHeader, marker: number): MarkerSegment {
  const segment = segments.get(marker)
  if (segment === undefined) throw invalid(codeStream, `it has no ${markerName(marker)} segment`)
  return segment
}

/** CAP must name Part 15 (HT) and no other part (T.814 A.3). */
function requireHtCapability(codeStream: DataView, { content, end }: MarkerSegment): void {
  if (end - content !== 6) throw invalid(codeStream, 'its CAP segment is not 8 bytes')
  if (codeStream.getUint32(content) !== HT_CAPABILITY) {
    throw unsupported(codeStream, 'its CAP segment asks for more than HT coding')
  }
}
