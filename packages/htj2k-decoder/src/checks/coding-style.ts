import { invalid, markerName, unsupported } from './required-segment.ts'
import type { ImageSize } from './image-size.ts'
import type { MarkerSegment } from './required-segment.ts'

/** Orders of packets, by their number (T.800 table A.16). */
const PROGRESSION_ORDERS = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'] as const

/** Order of the packets of a code stream. */
export type ProgressionOrder = (typeof PROGRESSION_ORDERS)[number]

/** What the COD segment says of the coding of components (T.800 A.6.1, T.814 A.4). */
export interface ComponentStyle {
  /** Number of times that the wavelet halved the image, 0 to 32. */
  readonly decompositions: number
  readonly blockWidth: number
  readonly blockHeight: number
  /** Whether the wavelet is the 5/3 one, which loses nothing, or the 9/7 one. */
  readonly isReversible: boolean
}

/** What the COD segment says. */
export interface CodingStyle extends ComponentStyle {
  readonly progressionOrder: ProgressionOrder
  /** Number of quality layers. */
  readonly layers: number
  /** Whether the first three components went through a colour transform (MCT). */
  readonly usesColorTransform: boolean
}

const CUSTOM_PRECINCTS = 0x01
const KNOWN_STYLES = 0x07
const HT_BLOCKS = 0x40
const CAUSAL_HT_BLOCKS = 0x48

/** Reads the COD segment and refuses what the codecs do not decode. */
export function readCodingStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { isHighThroughput }: ImageSize,
): CodingStyle {
  const { content, end } = segment
  if (end - content < 10) throw invalid(codeStream, 'its COD segment is too short')
  const style = codeStream.getUint8(content)
  const progressionOrder = PROGRESSION_ORDERS[codeStream.getUint8(content + 1)]
  const layers = codeStream.getUint16(content + 2)
  const colorTransform = codeStream.getUint8(content + 4)
  if (style > KNOWN_STYLES) throw invalid(codeStream, `its coding style is ${style}`)
  if (progressionOrder === undefined) throw invalid(codeStream, 'its progression order is none of the five')
  if (layers === 0) throw invalid(codeStream, 'it has no layer')
  if (layers > 1 && isHighThroughput) throw unsupported(codeStream, `it is HTJ2K of ${layers} layers`)
  if (colorTransform > 1) throw invalid(codeStream, `its colour transform is ${colorTransform}`)
  return {
    progressionOrder,
    layers,
    usesColorTransform: colorTransform === 1,
    ...readComponentStyle(codeStream, segment, { start: content + 5, style, isHighThroughput }),
  }
}

/** Reads a COC segment (T.800 A.6.2), which codes one component in another way than COD. */
export function readComponentCodingStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { components, isHighThroughput }: ImageSize,
): { component: number; style: ComponentStyle } {
  const { content, end } = segment
  if (end - content < 7) throw invalid(codeStream, 'its COC segment is too short')
  const component = codeStream.getUint8(content)
  if (component >= components) throw invalid(codeStream, `its COC segment names the component ${component}`)
  const common = { start: content + 2, style: codeStream.getUint8(content + 1), isHighThroughput }
  return { component, style: readComponentStyle(codeStream, segment, common) }
}

/** Reads what COD and COC have in common, from the number of decompositions on. */
function readComponentStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { start, style, isHighThroughput }: { start: number; style: number; isHighThroughput: boolean },
): ComponentStyle {
  const decompositions = codeStream.getUint8(start)
  const wavelet = codeStream.getUint8(start + 4)
  if (decompositions > 32) throw invalid(codeStream, `it has ${decompositions} decompositions`)
  if (wavelet > 1) throw unsupported(codeStream, 'its wavelet is neither the 5/3 nor the 9/7 one')
  const precincts = (style & CUSTOM_PRECINCTS) === 0 ? 0 : decompositions + 1
  requirePrecincts(codeStream, segment, { start: start + 5, count: precincts })
  requireBlockStyle(codeStream, codeStream.getUint8(start + 3), isHighThroughput)
  return { decompositions, ...readBlocks(codeStream, start + 1), isReversible: wavelet === 1 }
}

function readBlocks(codeStream: DataView, start: number): { blockWidth: number; blockHeight: number } {
  const widthExponent = codeStream.getUint8(start) + 2
  const heightExponent = codeStream.getUint8(start + 1) + 2
  if (widthExponent > 10 || heightExponent > 10 || widthExponent + heightExponent > 12) {
    throw invalid(codeStream, `its code blocks are 2^${widthExponent} x 2^${heightExponent}`)
  }
  return { blockWidth: 2 ** widthExponent, blockHeight: 2 ** heightExponent }
}

function requireBlockStyle(codeStream: DataView, blockStyle: number, isHighThroughput: boolean): void {
  if (isHighThroughput && blockStyle !== HT_BLOCKS && blockStyle !== CAUSAL_HT_BLOCKS) {
    throw unsupported(codeStream, 'its code blocks are not all coded with high throughput (HT)')
  }
  if (!isHighThroughput && blockStyle >= HT_BLOCKS) {
    throw invalid(codeStream, 'the style of its code blocks is none of JPEG 2000 Part 1')
  }
}

/** Precinct sizes: one byte a resolution, of which only the lowest may have the exponent 0. */
function requirePrecincts(
  codeStream: DataView,
  { marker, content, end }: MarkerSegment,
  { start, count }: { start: number; count: number },
): void {
  if (end - start !== count) {
    throw invalid(codeStream, `its ${markerName(marker)} segment has ${end - content + 2} bytes`)
  }
  for (let resolution = 1; resolution < count; resolution += 1) {
    const size = codeStream.getUint8(start + resolution)
    if ((size & 0x0f) === 0 || size < 0x10) throw invalid(codeStream, 'its precincts are too small')
  }
}
