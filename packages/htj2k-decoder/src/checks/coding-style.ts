import {
  componentCodingLength,
  readCod,
  readComponentCoding,
  reversibleWavelet,
} from '../headers/jpeg-2000-segments.ts'
import { invalid, markerName, unsupported } from './required-segment.ts'
import type { ComponentCoding } from '../headers/jpeg-2000-segments.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'
import type { ImageSize } from './image-size.ts'

/** Progression orders by number (T.800 table A.16). */
const progressionOrders = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'] as const

/** Progression order: the order of the packets of a code stream. */
export type ProgressionOrder = (typeof progressionOrders)[number]

/** The coding of components in a COD or COC segment (T.800 A.6.1, T.814 A.4). */
export interface ComponentStyle {
  /** Number of decompositions (halvings by the wavelet), 0 to 32. */
  readonly decompositions: number
  readonly blockWidth: number
  readonly blockHeight: number
  /** True for the lossless 5/3 wavelet, false for the 9/7 wavelet. */
  readonly isReversible: boolean
}

/** The content of a COD segment. */
export interface CodingStyle extends ComponentStyle {
  readonly progressionOrder: ProgressionOrder
  /** Number of quality layers. */
  readonly layers: number
  /** True if the first three components went through a colour transform (MCT). */
  readonly usesColorTransform: boolean
}

/** The division of a component into code blocks and precincts. */
export interface PacketCoding extends Pick<
  ComponentCoding,
  'decompositions' | 'blockWidthExponent' | 'blockHeightExponent'
> {
  /** Exponents of the precinct sides, one byte per resolution. Absent: 15. */
  readonly precincts: Uint8Array | undefined
}

const customPrecincts = 0x01
const knownStyles = 0x07
const htBlocks = 0x40
const causalHtBlocks = 0x48

/**
 * Reads the COD segment.
 * @throws {CodeStreamError} if the codecs do not decode this coding
 */
export function readCodingStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { isHighThroughput }: ImageSize,
): CodingStyle {
  const fields = readCod(codeStream, segment)
  if (fields === undefined) throw invalid(codeStream, 'its COD segment is too short')
  const { style, progression, layers, colourTransform } = fields
  const progressionOrder = progressionOrders[progression]
  if (style > knownStyles) throw invalid(codeStream, `its coding style is ${style}`)
  if (progressionOrder === undefined) throw invalid(codeStream, 'its progression order does not exist')
  if (layers === 0) throw invalid(codeStream, 'it has no layer')
  if (layers > 1 && isHighThroughput) throw unsupported(codeStream, `it is HTJ2K of ${layers} layers`)
  if (colourTransform > 1) throw invalid(codeStream, `its colour transform is ${colourTransform}`)
  return {
    progressionOrder,
    layers,
    usesColorTransform: colourTransform === 1,
    ...requireComponentStyle(codeStream, segment, { coding: fields, style, isHighThroughput }),
  }
}

/** Reads the division into packets from a checked COD segment. */
export function readPacketCoding(codeStream: DataView, segment: MarkerSegment): PacketCoding {
  const fields = readCod(codeStream, segment)
  if (fields === undefined) throw invalid(codeStream, 'its COD segment is too short')
  const { style, decompositions, blockWidthExponent, blockHeightExponent, codingEnd } = fields
  const hasPrecincts = (style & customPrecincts) !== 0
  const start = codeStream.byteOffset + codingEnd
  const precincts = hasPrecincts ? new Uint8Array(codeStream.buffer, start, decompositions + 1) : undefined
  return { decompositions, blockWidthExponent, blockHeightExponent, precincts }
}

/** Reads a COC segment (T.800 A.6.2), which overrides COD for one component. */
export function readComponentCodingStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { components, isHighThroughput }: ImageSize,
): { component: number; style: ComponentStyle } {
  const { content, end } = segment
  if (end - content < 2 + componentCodingLength) throw invalid(codeStream, 'its COC segment is too short')
  const component = codeStream.getUint8(content)
  if (component >= components)
    throw invalid(codeStream, `its COC segment names component ${component}, which does not exist`)
  const style = codeStream.getUint8(content + 1)
  const coding = readComponentCoding(codeStream, content + 2)
  return { component, style: requireComponentStyle(codeStream, segment, { coding, style, isHighThroughput }) }
}

/** Checks the fields that COD and COC have in common. */
function requireComponentStyle(
  codeStream: DataView,
  segment: MarkerSegment,
  { coding, style, isHighThroughput }: { coding: ComponentCoding; style: number; isHighThroughput: boolean },
): ComponentStyle {
  const { decompositions, wavelet } = coding
  if (decompositions > 32) throw invalid(codeStream, `it has ${decompositions} decompositions`)
  if (wavelet > reversibleWavelet) throw unsupported(codeStream, 'its wavelet is neither the 5/3 nor the 9/7 one')
  const count = (style & customPrecincts) === 0 ? 0 : decompositions + 1
  requirePrecincts(codeStream, segment, { start: coding.codingEnd, count })
  requireBlockStyle(codeStream, coding.blockStyle, isHighThroughput)
  return { decompositions, ...requireBlocks(codeStream, coding), isReversible: wavelet === reversibleWavelet }
}

function requireBlocks(
  codeStream: DataView,
  { blockWidthExponent, blockHeightExponent }: ComponentCoding,
): { blockWidth: number; blockHeight: number } {
  if (Math.max(blockWidthExponent, blockHeightExponent) > 10 || blockWidthExponent + blockHeightExponent > 12) {
    throw invalid(codeStream, `its code blocks are 2^${blockWidthExponent} x 2^${blockHeightExponent}`)
  }
  return { blockWidth: 2 ** blockWidthExponent, blockHeight: 2 ** blockHeightExponent }
}

function requireBlockStyle(codeStream: DataView, blockStyle: number, isHighThroughput: boolean): void {
  if (isHighThroughput && blockStyle !== htBlocks && blockStyle !== causalHtBlocks) {
    throw unsupported(codeStream, 'its code blocks are not all coded with high throughput (HT)')
  }
  if (!isHighThroughput && blockStyle >= htBlocks) {
    throw invalid(codeStream, 'the style of its code blocks is not JPEG 2000 Part 1')
  }
}

/** Checks precinct sizes: one byte for each resolution. Only the lowest resolution may have the exponent 0. */
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
