import { createRequire } from 'node:module'
import { mergeComponents } from './merge-components.ts'

/** The part of codec-openjph 2.4 that encoding uses; the package has no types. */
interface OpenJph {
  readonly HTJ2KEncoder: new () => HTJ2KEncoder
}

interface HTJ2KEncoder {
  getDecodedBuffer(frameInfo: FrameInfo): Uint8Array
  setDecompositions(count: number): void
  setProgressionOrder(order: number): void
  setBlockDimensions(size: { readonly width: number; readonly height: number }): void
  setQuality(isLossless: boolean, quantizationStep: number): void
  setTLMMarker(isWritten: boolean): void
  setTilePartDivisionsAtResolutions(isDivided: boolean): void
  encode(): void
  /** A view of the codec's memory, gone with the next call. */
  getEncodedBuffer(): Uint8Array
  delete(): void
}

interface FrameInfo {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly componentCount: number
  readonly isSigned: boolean
  readonly isUsingColorTransform: boolean
}

type OpenJphFactory = (options: { print(line: string): void; printErr(line: string): void }) => Promise<OpenJph>

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
  /** The reversible colour transform: for three components of at most 8 bits, since the codec misreads wider ones. */
  readonly useColourTransform: boolean
}

/** Resolution, position, component, layer (T.800 B.12.1.3): what transfer syntax .202 asks for. */
const RPCL = 2
const BLOCK = { width: 64, height: 64 }
/** What AHI's own frames have; large frames get more. */
const USUAL_DECOMPOSITIONS = 5
/** The base resolution of .202 has at most 64 rows or columns (PS3.5 10.18). */
const LARGEST_BASE_SIDE = 64
/** Of Ssiz, for components 0 and on, in a code stream that begins with SOC and SIZ (T.800 A.5.1). */
const SSIZ_OFFSET = 42

const require = createRequire(import.meta.url)
let loading: Promise<OpenJph> | undefined

/**
 * Encodes a frame losslessly as HTJ2K with RPCL progression, TLM markers and 64 x 64 blocks: transfer syntax
 * 1.2.840.10008.1.2.4.202. It does not check the result; see `encode-losslessly.ts`.
 */
export async function encodeHtj2k(frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  loading ??= loadCodec()
  const codec = await loading
  return isNarrowSigned(frame) ? encodeNarrowSigned(codec, frame) : encodeComponents(codec, frame)
}

function loadCodec(): Promise<OpenJph> {
  const createOpenJph: OpenJphFactory = require('@cornerstonejs/codec-openjph')
  return createOpenJph({ print: () => undefined, printErr: () => undefined })
}

function encodeComponents(codec: OpenJph, frame: FrameToEncode): Uint8Array<ArrayBuffer> {
  return frame.components === 1 || frame.useColourTransform ? encodeWith(codec, frame) : encodeByComponent(codec, frame)
}

function encodeWith(
  codec: OpenJph,
  frame: FrameToEncode,
  options: { readonly dividesResolutions?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const encoder = new codec.HTJ2KEncoder()
  try {
    encoder.getDecodedBuffer(frameInfo(frame)).set(frame.pixels)
    encoder.setQuality(true, 0)
    encoder.setProgressionOrder(RPCL)
    encoder.setBlockDimensions(BLOCK)
    encoder.setTLMMarker(true)
    encoder.setTilePartDivisionsAtResolutions(options.dividesResolutions === true)
    encoder.setDecompositions(decompositions(frame))
    encoder.encode()
    return Uint8Array.from(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}

function frameInfo({
  width,
  height,
  bitsPerSample,
  components,
  isSigned,
  useColourTransform,
}: FrameToEncode): FrameInfo {
  return {
    width,
    height,
    bitsPerSample,
    componentCount: components,
    isSigned,
    isUsingColorTransform: useColourTransform,
  }
}

function decompositions({ width, height }: FrameToEncode): number {
  const needed = Math.ceil(Math.log2(Math.min(width, height) / LARGEST_BASE_SIDE))
  return Math.max(needed, USUAL_DECOMPOSITIONS)
}

/**
 * One code stream a component, joined: the codec reads components without a colour transform from the wrong places, and
 * samples of more than 8 bits as if there were one component.
 */
function encodeByComponent(codec: OpenJph, frame: FrameToEncode): Uint8Array<ArrayBuffer> {
  const codeStreams = Array.from({ length: frame.components }, (_, component) =>
    encodeWith(codec, { ...frame, pixels: samplesOf(frame, component), components: 1 }, { dividesResolutions: true }),
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

function isNarrowSigned({ isSigned, bitsPerSample }: FrameToEncode): boolean {
  return isSigned && bitsPerSample <= 8
}

/**
 * The codec reads signed samples of 8 bits and less as unsigned ones. They are encoded as 16-bit ones, and the header
 * then told their real precision: the wavelet and the block coder of a signed reversible stream do not depend on it.
 */
function encodeNarrowSigned(codec: OpenJph, frame: FrameToEncode): Uint8Array<ArrayBuffer> {
  const wide = Int16Array.from(new Int8Array(frame.pixels.buffer, frame.pixels.byteOffset, frame.pixels.byteLength))
  const codeStream = encodeComponents(codec, { ...frame, pixels: new Uint8Array(wide.buffer), bitsPerSample: 16 })
  for (let component = 0; component < frame.components; component += 1) {
    codeStream[SSIZ_OFFSET + 3 * component] = 0x80 | (frame.bitsPerSample - 1)
  }
  return codeStream
}
