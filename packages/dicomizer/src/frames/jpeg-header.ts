/** Process of a JPEG image, by its start-of-frame marker (ISO/IEC 10918-1 B.1.1.3; JPEG-LS: ISO/IEC 14495-1 C.1.1). */
type JpegProcess = 'baseline' | 'extended' | 'progressive' | 'lossless' | 'jpeg-ls' | 'other'

/** What the headers of a JPEG or JPEG-LS image say. */
export interface JpegHeader {
  readonly kind: 'jpeg'
  readonly process: JpegProcess
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bitsPerSample: number
  readonly isSigned: false
  readonly isLossy: boolean
  /** What its three components are, where it says so. */
  readonly colour: 'RGB' | 'YCbCr' | undefined
  /** Whether the second component has fewer columns than the first. */
  readonly isSubsampled: boolean
  /** Predictor of the lossless process; NEAR of JPEG-LS. */
  readonly scanParameter: number
}

const processes: ReadonlyMap<number, JpegProcess> = new Map([
  [0xc0, 'baseline'],
  [0xc1, 'extended'],
  [0xc2, 'progressive'],
  [0xc3, 'lossless'],
  [0xf7, 'jpeg-ls'],
])
const startOfScan = 0xda
const tablesAmongFrames: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc])

/** Segments before the first scan that say something here. */
interface Segments {
  frame: { readonly marker: number; readonly content: number } | undefined
  scan: number | undefined
  isJfif: boolean
  adobeTransform: number | undefined
}

/** Reads the headers up to the first scan; undefined where the bytes are no JPEG image. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined
  const { frame, scan, isJfif, adobeTransform } = readSegments(view)
  if (frame === undefined || scan === undefined) return undefined
  const { marker, content } = frame
  const components = view.getUint8(content + 5)
  const height = view.getUint16(content + 1)
  const width = view.getUint16(content + 3)
  // A height of 0 is told behind the first scan only (DNL); it is in no DICOM image.
  if (Math.min(components, height, width) === 0 || content + 6 + 3 * components > view.byteLength) return undefined
  const process = processes.get(marker) ?? 'other'
  const scanParameter = view.getUint8(scan + 1 + 2 * view.getUint8(scan))
  return {
    kind: 'jpeg',
    process,
    width,
    height,
    components,
    bitsPerSample: view.getUint8(content),
    isSigned: false,
    isLossy: process === 'jpeg-ls' ? scanParameter > 0 : process !== 'lossless',
    colour: components === 3 ? colourOf(view, content + 6, { isJfif, adobeTransform }) : undefined,
    isSubsampled: components > 1 && view.getUint8(content + 7) >>> 4 > view.getUint8(content + 10) >>> 4,
    scanParameter,
  }
}

function readSegments(view: DataView): Segments {
  const segments: Segments = { frame: undefined, scan: undefined, isJfif: false, adobeTransform: undefined }
  let offset = 2
  while (offset + 4 <= view.byteLength && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1)
    if (marker === 0xff) {
      offset += 1
      continue
    }
    const content = offset + 4
    offset += 2 + view.getUint16(offset + 2)
    if (offset > view.byteLength) break
    if (isStartOfFrame(marker) && offset - content >= 6) segments.frame = { marker, content }
    else if (marker === 0xe0 && hasText(view, content, offset, 'JFIF')) segments.isJfif = true
    else if (marker === 0xee && hasText(view, content, offset, 'Adobe') && offset - content >= 12) {
      segments.adobeTransform = view.getUint8(content + 11)
    } else if (marker === startOfScan) {
      if (content + 2 + 2 * view.getUint8(content) <= offset) segments.scan = content
      break
    }
  }
  return segments
}

function isStartOfFrame(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && !tablesAmongFrames.has(marker))
}

function hasText(view: DataView, content: number, end: number, text: string): boolean {
  if (content + text.length > end) return false
  const found = new Uint8Array(view.buffer, view.byteOffset + content, text.length)
  return String.fromCharCode(...found) === text
}

/**
 * Component identifiers that spell RGB come first, then the JFIF marker, then Adobe's transform flag: the order of
 * pydicom, and that of libjpeg for the two markers.
 */
function colourOf(
  view: DataView,
  specifications: number,
  { isJfif, adobeTransform }: Pick<Segments, 'isJfif' | 'adobeTransform'>,
): JpegHeader['colour'] {
  const identifiers = [0, 3, 6].map((offset) => String.fromCharCode(view.getUint8(specifications + offset)))
  if (identifiers.join('').toUpperCase() === 'RGB') return 'RGB'
  if (isJfif) return 'YCbCr'
  if (adobeTransform === 0) return 'RGB'
  return adobeTransform === 1 ? 'YCbCr' : undefined
}
