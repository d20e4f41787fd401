import { hierarchicalProcess, isJpeg, processOf, readSof, readSos, segmentsToScan } from './jpeg-segments.ts'
import { jpegMarkers } from './markers.ts'
import type { JpegProcess, SofComponent, SofFields, SosFields } from './jpeg-segments.ts'
import type { MarkerSegment } from './marker-segment.ts'

/** The headers of a JPEG or JPEG-LS image. */
export interface JpegHeader {
  readonly kind: 'jpeg'
  readonly process: JpegProcess
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bitsPerSample: number
  readonly isSigned: false
  readonly isLossy: boolean
  /** Colour space of three components. `undefined` if the image does not say. */
  readonly colour: 'RGB' | 'YCbCr' | undefined
  /** True if the second component has fewer columns than the first. */
  readonly isSubsampled: boolean
  /** Components of the first scan. 1 if every component has a separate scan. */
  readonly scanComponents: number
  /** Predictor of the lossless process; NEAR of JPEG-LS. */
  readonly scanParameter: number
}

/** Contents of the segments up to the first scan. */
interface Segments {
  readonly frame: (SofFields & { readonly process: JpegProcess }) | undefined
  readonly scan: SosFields | undefined
  /** True if a DHP segment announces frames of increasing size. */
  readonly isHierarchical: boolean
  readonly isJfif: boolean
  readonly adobeTransform: number | undefined
}

const adobeTransformOffset = 11

/** Reads the headers up to the first scan. Returns `undefined` if the bytes are not a JPEG image. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (!isJpeg(bytes)) return undefined
  const { frame, scan, ...colours } = readSegments(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (frame === undefined || scan === undefined) return undefined
  const { width, height, bitsPerSample, components } = frame
  const process = colours.isHierarchical ? hierarchicalProcess(frame.process) : frame.process
  const [first, second] = components
  // A height of 0 means that a DNL segment after the first scan has the height. DICOM images do not do that.
  if (first === undefined || Math.min(width, height) === 0) return undefined
  return {
    kind: 'jpeg',
    process,
    width,
    height,
    components: components.length,
    bitsPerSample,
    isSigned: false,
    isLossy: process === 'jpeg-ls' ? scan.parameter > 0 : !process.startsWith('lossless'),
    colour: colourOf(components, colours),
    isSubsampled: second !== undefined && first.horizontalSampling > second.horizontalSampling,
    scanComponents: scan.componentIds.length,
    scanParameter: scan.parameter,
  }
}

function readSegments(jpeg: DataView): Segments {
  let segments: Segments = {
    frame: undefined,
    scan: undefined,
    isHierarchical: false,
    isJfif: false,
    adobeTransform: undefined,
  }
  for (const segment of segmentsToScan(jpeg)) segments = { ...segments, ...readSegment(jpeg, segment) }
  return segments
}

function readSegment(jpeg: DataView, segment: MarkerSegment): Partial<Segments> {
  const { marker, content, end } = segment
  if (marker === jpegMarkers.DHP) return { isHierarchical: true }
  if (marker === jpegMarkers.SOS) return { scan: readSos(jpeg, segment) }
  if (marker === jpegMarkers.APP0) return hasText(jpeg, segment, 'JFIF') ? { isJfif: true } : {}
  if (marker === jpegMarkers.APP14) {
    const hasTransform = hasText(jpeg, segment, 'Adobe') && content + adobeTransformOffset < end
    return hasTransform ? { adobeTransform: jpeg.getUint8(content + adobeTransformOffset) } : {}
  }
  const process = processOf(marker)
  const frame = process === undefined ? undefined : readSof(jpeg, segment)
  return process === undefined || frame === undefined ? {} : { frame: { ...frame, process } }
}

function hasText(jpeg: DataView, { content, end }: MarkerSegment, text: string): boolean {
  if (content + text.length > end) return false
  const found = new Uint8Array(jpeg.buffer, jpeg.byteOffset + content, text.length)
  return String.fromCharCode(...found) === text
}

/**
 * Returns the colour space. The component identifiers decide if they spell RGB, then the JFIF marker, then Adobe's
 * transform flag. pydicom uses this order, and libjpeg uses it for the two markers.
 */
function colourOf(
  components: readonly SofComponent[],
  { isJfif, adobeTransform }: Pick<Segments, 'isJfif' | 'adobeTransform'>,
): JpegHeader['colour'] {
  if (components.length !== 3) return undefined
  const name = String.fromCharCode(...components.map(({ id }) => id))
  if (name.toUpperCase() === 'RGB') return 'RGB'
  if (isJfif) return 'YCbCr'
  if (adobeTransform === 0) return 'RGB'
  return adobeTransform === 1 ? 'YCbCr' : undefined
}
