import { invalid, unsupported } from './marker-segment.ts'
import type { MarkerSegment } from './marker-segment.ts'

/** Orders of packets, by their number (T.800 table A.16). */
const PROGRESSION_ORDERS = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'] as const

/** Order of the packets of a code stream. */
export type ProgressionOrder = (typeof PROGRESSION_ORDERS)[number]

/** What the COD segment says (T.800 A.6.1, T.814 A.4). */
export interface CodingStyle {
  readonly progressionOrder: ProgressionOrder
  /** Whether the first three components went through a colour transform (MCT). */
  readonly usesColorTransform: boolean
  /** Number of times that the wavelet halved the image, 0 to 32. */
  readonly decompositions: number
  readonly blockWidth: number
  readonly blockHeight: number
  /** Whether the wavelet is the 5/3 one, which loses nothing, or the 9/7 one. */
  readonly isReversible: boolean
}

const CUSTOM_PRECINCTS = 0x01
const KNOWN_STYLES = 0x07
const HT_BLOCKS = 0x40
const CAUSAL_HT_BLOCKS = 0x48

/** Reads the COD segment and refuses what OpenJPH does not decode. */
export function readCodingStyle(codeStream: DataView, { content, end }: MarkerSegment): CodingStyle {
  if (end - content < 10) throw invalid(codeStream, 'its COD segment is too short')
  const style = codeStream.getUint8(content)
  const progressionOrder = PROGRESSION_ORDERS[codeStream.getUint8(content + 1)]
  const layers = codeStream.getUint16(content + 2)
  const colorTransform = codeStream.getUint8(content + 4)
  const decompositions = codeStream.getUint8(content + 5)
  const wavelet = codeStream.getUint8(content + 9)
  if (style > KNOWN_STYLES) throw invalid(codeStream, `its coding style is ${style}`)
  if (progressionOrder === undefined) throw invalid(codeStream, 'its progression order is none of the five')
  if (layers !== 1)
    throw layers === 0 ? invalid(codeStream, 'it has no layer') : unsupported(codeStream, `it has ${layers} layers`)
  if (colorTransform > 1) throw invalid(codeStream, `its colour transform is ${colorTransform}`)
  if (decompositions > 32) throw invalid(codeStream, `it has ${decompositions} decompositions`)
  if (wavelet > 1) throw unsupported(codeStream, 'its wavelet is neither the 5/3 nor the 9/7 one')
  requirePrecincts(codeStream, { content, end, decompositions, isCustom: (style & CUSTOM_PRECINCTS) !== 0 })
  return {
    progressionOrder,
    usesColorTransform: colorTransform === 1,
    decompositions,
    ...readBlocks(codeStream, content + 6),
    isReversible: wavelet === 1,
  }
}

function readBlocks(codeStream: DataView, content: number): { blockWidth: number; blockHeight: number } {
  const widthExponent = codeStream.getUint8(content) + 2
  const heightExponent = codeStream.getUint8(content + 1) + 2
  if (widthExponent > 10 || heightExponent > 10 || widthExponent + heightExponent > 12) {
    throw invalid(codeStream, `its code blocks are 2^${widthExponent} x 2^${heightExponent}`)
  }
  const blockStyle = codeStream.getUint8(content + 2)
  if (blockStyle !== HT_BLOCKS && blockStyle !== CAUSAL_HT_BLOCKS) {
    throw unsupported(codeStream, 'its code blocks are not all coded with high throughput (HT)')
  }
  return { blockWidth: 2 ** widthExponent, blockHeight: 2 ** heightExponent }
}

/** Precinct sizes: one byte a resolution, of which only the lowest may have the exponent 0. */
function requirePrecincts(
  codeStream: DataView,
  {
    content,
    end,
    decompositions,
    isCustom,
  }: { content: number; end: number; decompositions: number; isCustom: boolean },
): void {
  const count = isCustom ? decompositions + 1 : 0
  if (end - content !== 10 + count) throw invalid(codeStream, `its COD segment has ${end - content + 2} bytes`)
  for (let resolution = 1; resolution < count; resolution += 1) {
    const size = codeStream.getUint8(content + 10 + resolution)
    if ((size & 0x0f) === 0 || size < 0x10) throw invalid(codeStream, 'its precincts are too small')
  }
}
