import { fromBase64 } from '@ahi-dicom/runtime'
import { findElement, type DataSet } from '../data-set/data-set.ts'
import { FrameMismatchError, type InstanceIdentity } from '../errors.ts'
import { samplesPerFrame, statedFormat, statedFrames } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'

/** Float pixels, which AHI stores among the attributes (PS3.3 C.7.6.24 and C.7.6.25). */
export interface FloatPixels {
  readonly frameCount: number
  /** Returns one frame. `index` is zero-based. */
  frame(index: number): Float32Array | Float64Array
}

/** Returns the Float or Double Float Pixel Data of a data set, or undefined if it has none. */
export function floatPixels(dataSet: DataSet, identity: InstanceIdentity): FloatPixels | undefined {
  const float = base64Of(dataSet, tags.floatPixelData, 'OF')
  const base64 = float ?? base64Of(dataSet, tags.doubleFloatPixelData, 'OD')
  if (base64 === undefined) return undefined
  const frameCount = statedFrames(dataSet)
  const byteWidth = float === undefined ? 8 : 4
  return {
    frameCount,
    frame(index) {
      if (!Number.isInteger(index) || index < 0 || index >= frameCount) {
        throw new RangeError(`Expected a frame index below ${frameCount}, got \`${index}\``)
      }
      const format = statedFormat(dataSet, identity)
      const byteLength = samplesPerFrame(format) * byteWidth
      const bytes = bytesOfBase64(base64, index * byteLength, byteLength)
      if (bytes?.length !== byteLength) {
        throw new FrameMismatchError(identity, `its float pixel data ends before the end of frame ${index + 1}`)
      }
      return byteWidth === 4 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer)
    },
  }
}

function base64Of(dataSet: DataSet, tag: number, vr: string): string | undefined {
  const element = findElement(dataSet, tag)
  const value = element?.vr === vr ? element.value : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Returns a range of the bytes that a base64 text encodes. Decodes only that range. */
function bytesOfBase64(base64: string, start: number, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  const group = Math.floor(start / 3)
  const text = base64.slice(4 * group, 4 * Math.ceil((start + byteLength) / 3))
  return fromBase64(text)?.slice(start - 3 * group, start - 3 * group + byteLength)
}
