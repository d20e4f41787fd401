import { checkCodeStream } from '../checks/code-stream-header.ts'
import { clampSamples, interleaveComponents, narrowSamples } from './component-rows.ts'
import { CodeStreamError } from '../errors.ts'
import { narrowGrid, precisionByte, precisionOffset } from '../headers/jpeg-2000-segments.ts'
import type { CodecImage } from '../codecs/codec.ts'
import type { CodeStreamHeader } from '../checks/code-stream-header.ts'
import type { SampleLayout } from './component-rows.ts'
import type { DecodingPlan } from './decoding-plan.ts'

const widened = 16
const widePrecision = precisionByte({ bitsPerSample: widened, isSigned: true })

/** Plans the decoding of a JPEG 2000 code stream, raw or boxed: HTJ2K by OpenJPH, Part 1 by OpenJPEG. */
export function planJpeg2000(bytes: Uint8Array, mostDiscardLevels: number): DecodingPlan {
  const { header, codeStream } = checkCodeStream(bytes, mostDiscardLevels)
  const { components, bitsPerSample, isSigned, isHighThroughput } = header
  const discardLevels = Math.min(mostDiscardLevels, header.decompositions)
  const width = Math.ceil(header.width / 2 ** discardLevels)
  const height = Math.ceil(header.height / 2 ** discardLevels)
  const isWidened = isClamped(header)
  if (isWidened && !header.isReversible) {
    const why = `its samples are signed, of ${bitsPerSample} bits, and lossy; use another decoder for it`
    throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength: bytes.byteLength, why })
  }
  const bytesPerSample = isWidened || bitsPerSample > 8 ? 2 : 1
  const isScrambled = isHighThroughput && components > 1 && !header.usesColorTransform
  return {
    frame: { width, height, components, bitsPerSample, isSigned },
    codec: isHighThroughput ? 'openJph' : 'openJpeg',
    task: {
      codeStream,
      image: imageOf(header, isWidened),
      discardLevels,
      patch: (copy) => adapt(copy, header, isWidened),
    },
    bytesPerSample,
    rearrange: clampedFirst(
      rearrangerOf({ width, height, components, bytesPerSample }, { isWidened, isScrambled }),
      discardLevels > 0 && !isWidened && bitsPerSample < 8 * bytesPerSample
        ? { bitsPerSample, isSigned, bytesPerSample }
        : undefined,
    ),
  }
}

/** True if the codec would clamp negative one-byte samples to 0. The OpenJPEG module does so only for gray ones. */
function isClamped({ isSigned, bitsPerSample, isHighThroughput, components }: CodeStreamHeader): boolean {
  return isSigned && bitsPerSample <= 8 && (isHighThroughput || components === 1)
}

/** Returns the image that the codec sees in the adapted code stream. */
function imageOf(header: CodeStreamHeader, isWidened: boolean): CodecImage {
  const { width, height, components: componentCount, bitsPerSample, isSigned } = header
  return { width, height, componentCount, bitsPerSample: isWidened ? widened : bitsPerSample, isSigned }
}

/**
 * Changes the code stream so that the codec decodes it correctly. `isWidened` makes its signed components 16 bits wide.
 */
function adapt(codeStream: Uint8Array, header: CodeStreamHeader, isWidened: boolean): void {
  if (header.isOnWiderGrid) narrowGrid(codeStream, header)
  if (!isWidened) return
  for (let component = 0; component < header.components; component += 1) {
    codeStream[precisionOffset(component)] = widePrecision
  }
}

/**
 * Adds clamping to a plan. In a lower resolution, samples may leave the range of their bits where the wavelet
 * overshoots at an edge. OpenJPH clamps only to the range of their bytes, and readers that use only the bits would read
 * black as white. Widened samples need no clamping, because only their low bytes are read.
 */
function clampedFirst(
  rearrange: DecodingPlan['rearrange'],
  range: Parameters<typeof clampSamples>[1] | undefined,
): DecodingPlan['rearrange'] {
  if (range === undefined) return rearrange
  return (samples, pixels) => {
    clampSamples(samples, range)
    if (rearrange === undefined) pixels.set(samples)
    else rearrange(samples, pixels)
  }
}

function rearrangerOf(
  layout: SampleLayout,
  { isWidened, isScrambled }: { isWidened: boolean; isScrambled: boolean },
): DecodingPlan['rearrange'] {
  if (!isScrambled) return isWidened ? narrowSamples : undefined
  if (!isWidened) return (samples, pixels) => interleaveComponents(samples, pixels, layout)
  return (samples, pixels) => {
    const interleaved = new Uint8Array(samples.byteLength)
    interleaveComponents(samples, interleaved, layout)
    narrowSamples(interleaved, pixels)
  }
}
