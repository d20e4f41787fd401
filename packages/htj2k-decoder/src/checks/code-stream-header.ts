import { markers } from '../headers/markers.ts'
import { closedBeginning } from './beginning.ts'
import { readCodingStyle, readComponentCodingStyle, readPacketCoding } from './coding-style.ts'
import { findCodeStream } from './find-code-stream.ts'
import { readImageSize, tileCount } from './image-size.ts'
import { quantizedComponent, requireQuantization } from './quantization.ts'
import { invalid, markerName, requireMarker, requireSegment, truncated, unsupported } from './required-segment.ts'
import { CodeStreamError } from '../errors.ts'
import { requireTileParts } from './tile-parts.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'
import type { CodingStyle, ComponentStyle } from './coding-style.ts'
import type { ImageSize } from './image-size.ts'
import type { PacketLayout } from './resolution-packets.ts'
import type { CheckedTileParts, Tiles } from './tile-parts.ts'

/**
 * The header of a JPEG 2000 code stream. If components or tiles differ, `decompositions` is the smallest number and
 * `isReversible` is true only if all are reversible. The other properties come from the main header.
 */
export interface CodeStreamHeader extends ImageSize, CodingStyle {}

/** The segments of a main header. The first SOT segment begins at `end`. */
interface MainHeader {
  readonly segments: ReadonlyMap<number, MarkerSegment>
  /** QCD and all QCC segments. */
  readonly quantizations: readonly MarkerSegment[]
  readonly componentStyles: readonly MarkerSegment[]
  readonly end: number
}

const readOnce = new Set<number>([markers.CAP, markers.SIZ, markers.COD, markers.QCD])
const skipped = new Set<number>([markers.TLM, markers.PLM, markers.PRF, markers.CPF, markers.CRG, markers.COM])
/** Regions of interest and changes of progression. Only OpenJPEG decodes them. */
const skippedOfPart1 = new Set<number>([markers.RGN, markers.POC])
const htCapability = 0x00020000

/**
 * Reads and checks a JPEG 2000 code stream, Part 1 or HTJ2K, raw or boxed (.jp2, .jph): the main header and all
 * tile-parts. If it passes, the codec will not hang on it. Damaged samples pass, because only a checksum finds them.
 *
 * @throws {CodeStreamError} if the code stream is damaged, cut short, or not supported by this package
 * @example
 * import { readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
 *
 * const { width, height, components, isReversible } = readCodeStreamHeader(codeStream)
 * console.log(width, height, components, isReversible) // 512 512 1 true
 */
export function readCodeStreamHeader(bytes: Uint8Array): CodeStreamHeader {
  return checkCodeStream(bytes).header
}

/** A checked JPEG 2000 code stream. */
export interface CheckedCodeStream {
  readonly header: CodeStreamHeader
  /**
   * The bytes from SOC to EOC, without boxes and trailing bytes. If only the beginning was given, a code stream of the
   * needed resolutions.
   */
  readonly codeStream: Uint8Array
}

/**
 * Reads and checks a code stream as {@link readCodeStreamHeader} does. With `discardLevels` it may end after the
 * remaining resolutions.
 */
export function checkCodeStream(bytes: Uint8Array, discardLevels: number = 0): CheckedCodeStream {
  const found = findCodeStream(bytes)
  const codeStream = new DataView(found.buffer, found.byteOffset, found.byteLength)
  const size = readImageSize(codeStream, readSizeSegment(codeStream))
  const { isHighThroughput } = size
  const main = readMainHeader(codeStream, isHighThroughput)
  if (isHighThroughput) requireHtCapability(codeStream, mainSegment(codeStream, main, markers.CAP))
  const style = readCodingStyle(codeStream, mainSegment(codeStream, main, markers.COD), size)
  mainSegment(codeStream, main, markers.QCD)
  const styles: ComponentStyle[] = [style, ...readComponentStyles(codeStream, main, { ...size, ...style })]
  if (style.usesColorTransform && size.components < 3) {
    throw invalid(codeStream, `its colour transform needs three components, it has ${size.components}`)
  }
  const tiles = { tileCount: tileCount(size), isHighThroughput }
  const parts = partsUnlessCut(codeStream, main.end, tiles, discardLevels > 0 && isHighThroughput)
  if (parts === undefined) {
    const layout = { ...size, ...readPacketCoding(codeStream, mainSegment(codeStream, main, markers.COD)) }
    const beginning = beginningOf(codeStream, main.end, { style, layout, discardLevels, ...tiles })
    return { header: { ...size, ...style }, codeStream: beginning }
  }
  for (const segment of parts.styles) styles.push(readTileStyle(codeStream, segment, size))
  const decompositions = styles.reduce((fewest, own) => Math.min(fewest, own.decompositions), style.decompositions)
  const isReversible = styles.every((own) => own.isReversible)
  return { header: { ...size, ...style, decompositions, isReversible }, codeStream: found.subarray(0, parts.end) }
}

/** Checks the tile-parts. Returns `undefined` if they end early and may do so. */
function partsUnlessCut(
  codeStream: DataView,
  firstPart: number,
  tiles: Tiles,
  mayBeCut: boolean,
): CheckedTileParts | undefined {
  try {
    return requireTileParts(codeStream, firstPart, tiles)
  } catch (error) {
    if (mayBeCut && error instanceof CodeStreamError && error.code === 'CODE_STREAM_TRUNCATED') return undefined
    throw error
  }
}

interface BeginningParts extends Tiles {
  readonly style: CodingStyle
  readonly layout: PacketLayout
  readonly discardLevels: number
}

function beginningOf(codeStream: DataView, firstPart: number, parts: BeginningParts): Uint8Array {
  const { tileCount, style, layout, discardLevels } = parts
  const { progressionOrder, decompositions } = style
  if (progressionOrder !== 'RPCL') throw truncated(codeStream, `it ends early, and its order is ${progressionOrder}`)
  const resolutions = decompositions + 1
  const needed = resolutions - Math.min(discardLevels, decompositions)
  return closedBeginning(codeStream, firstPart, { tileCount, resolutions, needed, layout })
}

function readSizeSegment(codeStream: DataView): MarkerSegment {
  if (requireMarker(codeStream, 0) !== markers.SOC) throw invalid(codeStream, 'it does not begin with SOC')
  if (requireMarker(codeStream, 2) !== markers.SIZ) throw invalid(codeStream, 'SIZ does not follow its SOC')
  return requireSegment(codeStream, 2)
}

function readMainHeader(codeStream: DataView, isHighThroughput: boolean): MainHeader {
  const segments = new Map<number, MarkerSegment>()
  const quantizations: MarkerSegment[] = []
  const componentStyles: MarkerSegment[] = []
  let offset = 2
  while (requireMarker(codeStream, offset) !== markers.SOT) {
    const segment = requireSegment(codeStream, offset)
    const { marker } = segment
    if (readOnce.has(marker)) {
      if (segments.has(marker)) throw invalid(codeStream, `it has two ${markerName(marker)} segments`)
      segments.set(marker, segment)
    } else if (marker === markers.COC && !isHighThroughput) {
      componentStyles.push(segment)
    } else if (marker !== markers.QCC && !isSkipped(marker, isHighThroughput)) {
      throw unsupported(codeStream, `it has a ${markerName(marker)} segment`)
    }
    if (marker === markers.QCD || marker === markers.QCC) quantizations.push(segment)
    offset = segment.end
  }
  return { segments, quantizations, componentStyles, end: offset }
}

function isSkipped(marker: number, isHighThroughput: boolean): boolean {
  return skipped.has(marker) || (!isHighThroughput && skippedOfPart1.has(marker))
}

function mainSegment(codeStream: DataView, { segments }: MainHeader, marker: number): MarkerSegment {
  const segment = segments.get(marker)
  if (segment === undefined) throw invalid(codeStream, `it has no ${markerName(marker)} segment`)
  return segment
}

/** CAP must name Part 15 (HT) and no other part (T.814 A.3). */
function requireHtCapability(codeStream: DataView, { content, end }: MarkerSegment): void {
  if (end - content !== 6) throw invalid(codeStream, 'its CAP segment is not 8 bytes')
  if (codeStream.getUint32(content) !== htCapability) {
    throw unsupported(codeStream, 'its CAP segment requires more than HT coding')
  }
}

/** Reads the coding styles of single components, and checks the quantization of all components. */
function readComponentStyles(
  codeStream: DataView,
  main: MainHeader,
  header: ImageSize & CodingStyle,
): readonly ComponentStyle[] {
  const styles = new Map<number, ComponentStyle>()
  for (const segment of main.componentStyles) {
    const { component, style } = readComponentCodingStyle(codeStream, segment, header)
    if (styles.has(component)) throw invalid(codeStream, `it has two COC segments for component ${component}`)
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
  if (segment.marker === markers.COD) return readCodingStyle(codeStream, segment, size)
  return readComponentCodingStyle(codeStream, segment, size).style
}
