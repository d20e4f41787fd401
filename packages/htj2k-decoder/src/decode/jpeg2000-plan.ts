import { readCodeStreamHeader } from '../checks/code-stream-header.ts'
import { interleaveComponents, narrowSamples } from './component-rows.ts'
import { CodeStreamError } from '../errors.ts'
import { findCodeStream } from '../checks/find-code-stream.ts'
import { precisionByte, precisionOffset } from '../headers/jpeg-2000-segments.ts'
import type { CodeStreamHeader } from '../checks/code-stream-header.ts'
import type { SampleLayout } from './component-rows.ts'
import type { DecodingPlan } from './decoding-plan.ts'

const widePrecision = precisionByte({ bitsPerSample: 16, isSigned: true })

/** Plans the decoding of a JPEG 2000 code stream, raw or boxed: HTJ2K by OpenJPH, Part 1 by OpenJPEG. */
export function planJpeg2000(bytes: Uint8Array, mostDiscardLevels: number): DecodingPlan {
  const header = readCodeStreamHeader(bytes)
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
    task: { codeStream: findCodeStream(bytes), discardLevels, patch: isWidened ? widenerOf(components) : undefined },
    bytesPerSample,
    rearrange: rearrangerOf({ width, height, components, bytesPerSample }, { isWidened, isScrambled }),
  }
}

/** Whether the codec would clamp negative samples of one byte to 0. OpenJPEG's binding does so only to gray ones. */
function isClamped({ isSigned, bitsPerSample, isHighThroughput, components }: CodeStreamHeader): boolean {
  return isSigned && bitsPerSample <= 8 && (isHighThroughput || components === 1)
}

/** Makes the signed components of a code stream 16 bits wide. */
function widenerOf(components: number): (codeStream: Uint8Array) => void {
  return (codeStream) => {
    for (let component = 0; component < components; component += 1) {
      codeStream[precisionOffset(component)] = widePrecision
    }
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
