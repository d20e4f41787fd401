import { mergeComponents } from './merge-components.ts'

/** A frame to encode. */
export interface FrameToEncode {
  /** Colour by pixel, little endian: one byte per sample up to 8 bits, two bytes above. */
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
  readonly components: number
  /** 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /**
   * Use the reversible colour transform. Only for three components of at most 8 bits, because the codecs misread wider
   * ones.
   */
  readonly useColourTransform: boolean
  /** Default: the number that suits the size and the transfer syntax. */
  readonly decompositions?: number | undefined
}

/**
 * Encodes a frame, or one component of a frame, as one tile. It has one component, or three with the colour transform.
 * The packets must be in the order that {@link mergeComponents} requires.
 */
type EncodeOne = (frame: FrameToEncode) => Uint8Array<ArrayBuffer>

/** Offset of the first component's Ssiz in a code stream that begins with SOC and SIZ (T.800 A.5.1). */
const ssizOffset = 42

/** Encodes a frame. Works around formats that the codecs read incorrectly. */
export function encodeFrame(frame: FrameToEncode, encodeOne: EncodeOne): Uint8Array<ArrayBuffer> {
  const isNarrowSigned = frame.isSigned && frame.bitsPerSample <= 8
  return isNarrowSigned ? encodeNarrowSigned(frame, encodeOne) : encodeComponents(frame, encodeOne)
}

/**
 * Encodes several components without a colour transform as one code stream each, and joins these. The codecs read these
 * components from wrong offsets, and wide samples as a single component.
 */
function encodeComponents(frame: FrameToEncode, encodeOne: EncodeOne): Uint8Array<ArrayBuffer> {
  if (frame.components === 1 || frame.useColourTransform) return encodeOne(frame)
  const codeStreams = Array.from({ length: frame.components }, (_, component) =>
    encodeOne({ ...frame, pixels: samplesOf(frame, component), components: 1 }),
  )
  return mergeComponents(codeStreams)
}

function samplesOf({ pixels, components, bitsPerSample }: FrameToEncode, component: number): Uint8Array {
  const bytes = bitsPerSample <= 8 ? 1 : 2
  const samples = new Uint8Array(pixels.byteLength / components)
  for (let to = 0; to < samples.byteLength; to += bytes) {
    const from = to * components + component * bytes
    for (let byte = 0; byte < bytes; byte += 1) samples[to + byte] = pixels[from + byte] ?? 0
  }
  return samples
}

/**
 * Encodes signed samples of at most 8 bits as 16-bit samples, because the codecs read them as unsigned. Then writes the
 * real precision into the header. Wavelet and block coding of a signed reversible code stream do not depend on it.
 */
function encodeNarrowSigned(frame: FrameToEncode, encodeOne: EncodeOne): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = frame.pixels
  const wide = new Uint8Array(Int16Array.from(new Int8Array(buffer, byteOffset, byteLength)).buffer)
  const codeStream = encodeComponents({ ...frame, pixels: wide, bitsPerSample: 16 }, encodeOne)
  for (let component = 0; component < frame.components; component += 1) {
    codeStream[ssizOffset + 3 * component] = 0x80 | (frame.bitsPerSample - 1)
  }
  return codeStream
}
