import { readCodingStyle, readComponentCodingStyle } from './coding-style.ts'
import { findCodeStream } from './find-code-stream.ts'
import { readImageSize, tileCount } from './image-size.ts'
import { Marker, invalid, markerName, readMarker, readSegment, unsupported } from './required-segment.ts'
import { quantizedComponent, requireQuantization } from './quantization.ts'
import { requireTileParts } from './tile-parts.ts'
import type { CodingStyle, ComponentStyle } from './coding-style.ts'
import type { ImageSize } from './image-size.ts'
import type { MarkerSegment } from './required-segment.ts'

/**
 * What a code stream says of itself. Where components or tiles differ, `decompositions` is the least, `isReversible` is
 * true if all are, and the rest is what the main header says of all.
 */
export interface CodeStreamHeader extends ImageSize, CodingStyle {}

/** The segments of a main header that are read; the first SOT follows at `end`. */
interface MainHeader {
  readonly segments: ReadonlyMap<number, MarkerSegment>
  /** Those of one component or all, of which there may be several. */
  readonly quantizations: readonly MarkerSegment[]
  readonly componentStyles: readonly MarkerSegment[]
  readonly end: number
}

const READ_ONCE = new Set<number>([Marker.CAP, Marker.SIZ, Marker.COD, Marker.QCD])
const SKIPPED = new Set<number>([Marker.TLM, Marker.PLM, Marker.PRF, Marker.CPF, Marker.CRG, Marker.COM])
/** Regions of interest and changes of progression, which OpenJPEG alone decodes. */
const SKIPPED_OF_PART_1 = new Set<number>([Marker.RGN, Marker.POC])
const HT_CAPABILITY = 0x00020000

/**
 * Reads and checks the header of a JPEG 2000 code stream, Part 1 or HTJ2K, raw or boxed (.jp2, .jph), and the chain of
 * its tile-parts up to its end: everything but the coded samples. What passes decodes without a hang; only a checksum
 * tells whether its samples are the right ones.
 * @throws {CodeStreamError} for what is damaged, cut short, or not decoded by this package
 */
export function readCodeStreamHeader(bytes: Uint8Array): CodeStreamHeader {
  const found = findCodeStream(bytes)
  const codeStream = new DataView(found.buffer, found.byteOffset, found.byteLength)
  const size = readImageSize(codeStream, readSizeSegment(codeStream))
  const { isHighThroughput } = size
  const main = readMainHeader(codeStream, isHighThroughput)
  if (isHighThroughput) requireHtCapability(codeStream, requireSegment(codeStream, main, Marker.CAP))
  const style = readCodingStyle(codeStream, requireSegment(codeStream, main, Marker.COD), size)
  requireSegment(codeStream, main, Marker.QCD)
  const styles: ComponentStyle[] = [style, ...readComponentStyles(codeStream, main, { ...size, ...style })]
  if (style.usesColorTransform && size.components < 3) {
    throw invalid(codeStream, `its colour transform needs three components, it has ${size.components}`)
  }
  for (const segment of requireTileParts(codeStream, main.end, { tileCount: tileCount(size), isHighThroughput })) {
    styles.push(readTileStyle(codeStream, segment, size))
  }
  const decompositions = styles.reduce((fewest, own) => Math.min(fewest, own.decompositions), style.decompositions)
  return { ...size, ...style, decompositions, isReversible: styles.every(({ isReversible }) => isReversible) }
}

function readSizeSegment(codeStream: DataView): MarkerSegment {
  if (readMarker(codeStream, 0) !== Marker.SOC) throw invalid(codeStream, 'it does not begin with SOC')
  if (readMarker(codeStream, 2) !== Marker.SIZ) throw invalid(codeStream, 'SIZ does not follow its SOC')
  return readSegment(codeStream, 2)
}

function readMainHeader(codeStream: DataView, isHighThroughput: boolean): MainHeader {
  const segments = new Map<number, MarkerSegment>()
  const quantizations: MarkerSegment[] = []
  const componentStyles: MarkerSegment[] = []
  let offset = 2
  while (readMarker(codeStream, offset) !== Marker.SOT) {
    const segment = readSegment(codeStream, offset)
    const { marker } = segment
    if (READ_ONCE.has(marker)) {
      if (segments.has(marker)) throw invalid(codeStream, `it has two ${markerName(marker)} segments`)
      segments.set(marker, segment)
    } else if (marker === Marker.COC && !isHighThroughput) {
      componentStyles.push(segment)
    } else if (marker !== Marker.QCC && !isSkipped(marker, isHighThroughput)) {
      throw unsupported(codeStream, `it has a ${markerName(marker)} segment`)
    }
    if (marker === Marker.QCD || marker === Marker.QCC) quantizations.push(segment)
    offset = segment.end
  }
  return { segments, quantizations, componentStyles, end: offset }
}

function isSkipped(marker: number, isHighThroughput: boolean): boolean {
  return SKIPPED.has(marker) || (!isHighThroughput && SKIPPED_OF_PART_1.has(marker))
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

/** Reads how single components are coded, and checks the quantization of all. */
function readComponentStyles(
  codeStream: DataView,
  main: MainHeader,
  header: ImageSize & CodingStyle,
): readonly ComponentStyle[] {
  const styles = new Map<number, ComponentStyle>()
  for (const segment of main.componentStyles) {
    const { component, style } = readComponentCodingStyle(codeStream, segment, header)
    if (styles.has(component)) throw invalid(codeStream, `it has two COC segments of component ${component}`)
    styles.set(component, style)
  }
  for (const segment of main.quantizations) {
    const component = quantizedComponent(codeStream, segment, header.components)
    const own = component === undefined ? undefined : styles.get(component)
    requireQuantization(codeStream, segment, { ...header, ...own })
  }
  return [...styles.values()]
}

function readTileStyle(codeStream: DataView, segment: MarkerSegment, size: ImageSize): ComponentStyle {
  if (segment.marker === Marker.COD) return readCodingStyle(codeStream, segment, size)
  return readComponentCodingStyle(codeStream, segment, size).style
}
