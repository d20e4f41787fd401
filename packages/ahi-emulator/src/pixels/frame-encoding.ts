import { mergeComponents } from './merge-components.ts'

/** A frame to encode. */
export interface FrameToEncode {
  /** Colour by pixel, little endian: one byte a sample up to 8 bits, two above. */
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
  readonly components: number
  /** 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** The reversible colour transform: for three components of at most 8 bits, since the codecs misread wider ones. */
  readonly useColourTransform: boolean
  /** Default: what the size and the transfer syntax ask for. */
  readonly decompositions?: number | undefined
}

/**
 * Encodes a frame of one component, or of three with the colour transform, in one tile. It may be one component of a frame,
 * and the packets have to be in the order that {@link mergeComponents} asks for.
 */
type EncodeOne = (frame: FrameToEncode) => Uint8Array<ArrayBuffer>

/** Of Ssiz, for components 0 and on, in a code stream that begins with SOC and SIZ (T.800 A.5.1). */
const ssizOffset = 42

/** Encodes frames that the codecs at hand read wrongly by those that they read right. */
export function encodeFrame(frame: FrameToEncode, encodeOne: EncodeOne): Uint8Array<ArrayBuffer> {
  const isNarrowSigned = frame.isSigned && frame.bitsPerSample <= 8
  return isNarrowSigned ? encodeNarrowSigned(frame, encodeOne) : encodeComponents(frame, encodeOne)
}

/**
 * One code stream a component, joined, without a colour transform: the codecs read those components from the wrong
 * places, and samples of more than 8 bits as if there were one component.
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
 * The codecs read signed samples of 8 bits and less as unsigned ones. They are encoded as 16-bit ones, and the header
 * then told their real precision: the wavelet and the block coder of a signed reversible stream do not depend on it.
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
