import { readCod, readSiz, readSizComponent, reversibleWavelet, samplesBetween } from './jpeg-2000-segments.ts'
import { markerSegmentAt } from './marker-segment.ts'
import { markers } from './markers.ts'
import type { CodFields, SizComponent, SizFields } from './jpeg-2000-segments.ts'
import type { MarkerSegment } from './marker-segment.ts'

/** The main header of a JPEG 2000 or HTJ2K code stream (T.800 A.5 and A.6). */
export interface Jpeg2000Header {
  readonly kind: 'jpeg2000' | 'htj2k'
  /** Columns of the largest component. The reference grid may have more (T.800 B.2). */
  readonly width: number
  /** Rows of the largest component. */
  readonly height: number
  readonly components: number
  /** Precision of the first component. */
  readonly bitsPerSample: number
  /** True if the first component is signed. */
  readonly isSigned: boolean
  /** True for the 9/7 wavelet, which loses information. */
  readonly isLossy: boolean
  /** Colour transform of the first three components (T.800 annex G). */
  readonly colourTransform: 'none' | 'reversible' | 'irreversible'
  /** True if some components have fewer samples than others. */
  readonly isSubsampled: boolean
  /** True if the packets are ordered by resolution, as the RPCL transfer syntax of HTJ2K requires. */
  readonly isRpcl: boolean
}

const rpcl = 2

/** Largest side in DICOM, which has 16 bits. A header with a larger one is damaged. */
const greatestSide = 0xffff

/**
 * Reads the main header up to its coding style. Returns `undefined` if the bytes are not a raw code stream or are
 * damaged there.
 */
export function readJpeg2000Header(codeStream: Uint8Array): Jpeg2000Header | undefined {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  if (view.byteLength < 2 || view.getUint16(0) !== markers.SOC) return undefined
  const segment = markerSegmentAt(view, 2)
  if (segment?.marker !== markers.SIZ) return undefined
  const size = readSiz(view, segment)
  const coding = findCodingStyle(view, segment.end)
  if (size === undefined || !size.isWhole || coding === undefined) return undefined
  const sides = componentSides(view, segment, size)
  if (sides === undefined) return undefined
  const { bitsPerSample, isSigned } = readSizComponent(view, segment, 0)
  const isReversible = coding.wavelet === reversibleWavelet
  return {
    kind: size.isHighThroughput ? 'htj2k' : 'jpeg2000',
    ...sides,
    components: size.components,
    bitsPerSample,
    isSigned,
    isLossy: !isReversible,
    colourTransform: coding.colourTransform === 0 ? 'none' : isReversible ? 'reversible' : 'irreversible',
    isRpcl: coding.progression === rpcl,
  }
}

function componentSides(
  view: DataView,
  segment: MarkerSegment,
  { components, left, right, top, bottom }: SizFields,
): Pick<Jpeg2000Header, 'width' | 'height' | 'isSubsampled'> | undefined {
  const all = Array.from({ length: components }, (_, component) => readSizComponent(view, segment, component))
  const widths = all.map(({ columnSpacing }) => samplesBetween(left, right, columnSpacing))
  const heights = all.map(({ rowSpacing }) => samplesBetween(top, bottom, rowSpacing))
  const sides = [...widths, ...heights]
  if (sides.some((side) => !(side > 0) || side > greatestSide)) return undefined
  return { width: Math.max(...widths), height: Math.max(...heights), isSubsampled: differInSpacing(all) }
}

function differInSpacing([first, ...others]: readonly SizComponent[]): boolean {
  return others.some(
    ({ columnSpacing, rowSpacing }) => columnSpacing !== first?.columnSpacing || rowSpacing !== first?.rowSpacing,
  )
}

function findCodingStyle(view: DataView, from: number): CodFields | undefined {
  let segment = markerSegmentAt(view, from)
  while (segment !== undefined && segment.marker !== markers.SOT) {
    if (segment.marker === markers.COD) return readCod(view, segment)
    segment = markerSegmentAt(view, segment.end)
  }
  return undefined
}
