/** Colour transform inside a JPEG 2000 code stream (ISO/IEC 15444-1 A.6.1 and annex G). */
type ColourTransform = 'none' | 'reversible' | 'irreversible'

/** What the main header of a JPEG 2000 or HTJ2K code stream says (ISO/IEC 15444-1 A.5 and A.6). */
export interface Jpeg2000Header {
  readonly kind: 'jpeg2000' | 'htj2k'
  readonly width: number
  readonly height: number
  readonly components: number
  /** Of the first component. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** Whether its wavelet is the 9/7 one, which does not give the samples back. */
  readonly isLossy: boolean
  readonly colourTransform: ColourTransform
  /** Whether its packets come resolution by resolution, as the RPCL syntax of HTJ2K wants them. */
  readonly isRpcl: boolean
}

const startOfCodeStream = 0xff4f
const imageAndTileSize = 0xff51
const codingStyleDefault = 0xff52
const startOfTilePart = 0xff90
const highThroughput = 0x4000
const rpcl = 2

/** Sides are of 16 bits in DICOM; what claims more is damaged. */
const greatestSide = 0xffff

/**
 * Reads the main header up to its coding style; undefined where the bytes are no raw code stream, or one that is damaged
 * there.
 */
export function readJpeg2000Header(codeStream: Uint8Array): Jpeg2000Header | undefined {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  if (view.byteLength < 45 || view.getUint16(0) !== startOfCodeStream) return undefined
  if (view.getUint16(2) !== imageAndTileSize) return undefined
  const style = findCodingStyle(view, 4 + view.getUint16(4))
  const width = view.getUint32(8) - view.getUint32(16)
  const height = view.getUint32(12) - view.getUint32(20)
  const components = view.getUint16(40)
  const isSane = Math.min(width, height, components) > 0 && Math.max(width, height) <= greatestSide
  if (style === undefined || !isSane || view.getUint16(4) !== 38 + 3 * components) return undefined
  const precision = view.getUint8(42)
  const isReversible = view.getUint8(style + 13) === 1
  return {
    kind: (view.getUint16(6) & highThroughput) === 0 ? 'jpeg2000' : 'htj2k',
    width,
    height,
    components,
    bitsPerSample: (precision & 0x7f) + 1,
    isSigned: precision > 0x7f,
    isLossy: !isReversible,
    colourTransform: view.getUint8(style + 8) === 0 ? 'none' : isReversible ? 'reversible' : 'irreversible',
    isRpcl: view.getUint8(style + 5) === rpcl,
  }
}

/** The offset of the COD marker, with its fixed fields within the bytes. */
function findCodingStyle(view: DataView, from: number): number | undefined {
  let offset = from
  while (offset + 14 <= view.byteLength) {
    const marker = view.getUint16(offset)
    if (marker === codingStyleDefault) return offset
    if (marker === startOfTilePart || marker < 0xff00) return undefined
    offset += 2 + view.getUint16(offset + 2)
  }
  return undefined
}
