import { joinBytes } from '@ahi-dicom/runtime'
import { CodeStreamError } from '../errors.ts'
import { checkJpeg } from '../checks/jpeg.ts'
import type { DecodingPlan } from './decoding-plan.ts'

/**
 * SOI and an Adobe APP14 segment that says that the components are not YCbCr, so that libjpeg does not convert them.
 */
const jpegStart = Uint8Array.of(
  0xff,
  0xd8,
  0xff,
  0xee,
  0,
  14,
  ...new TextEncoder().encode('Adobe'),
  0,
  100,
  0,
  0,
  0,
  0,
  0,
)
const jpegEnd = Uint8Array.of(0xff, 0xd9)

/**
 * Plans the decoding of a JPEG. Its colour segments are dropped, because in DICOM the data set decides about colours.
 */
export function planJpeg(bytes: Uint8Array, discardLevels: number): DecodingPlan {
  const { width, height, components, bitsPerSample, isLossless, codingSegments } = checkJpeg(bytes)
  if (discardLevels > 0) {
    const why = 'it is a JPEG, which has no lower resolutions; leave out `discardLevels`'
    throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength: bytes.byteLength, why })
  }
  const image = { width, height, componentCount: components, bitsPerSample, isSigned: false }
  return {
    frame: { width, height, components, bitsPerSample, isSigned: false },
    codec: isLossless ? 'losslessJpeg' : 'libjpegTurbo',
    task: { codeStream: joinBytes([jpegStart, ...codingSegments, jpegEnd]), image, discardLevels },
    bytesPerSample: bitsPerSample > 8 ? 2 : 1,
  }
}
