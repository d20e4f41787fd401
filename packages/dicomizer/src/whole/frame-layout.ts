import type { DataSet } from '../data-set/data-set.ts'
import type { InstanceIdentity } from '../errors.ts'
import {
  hasPixelFormat,
  nativeByteLength,
  pixelFormat,
  samplesPerFrame,
  statedFrames,
  type PixelFormat,
} from '../pixels/pixel-module.ts'

/** Where the frames of Pixel Data are. */
export type FrameLayout =
  | { readonly kind: 'encapsulated'; readonly frames: number }
  | {
      readonly kind: 'native'
      readonly frames: number
      readonly bitsPerFrame: number
      readonly format: PixelFormat
    }

/**
 * The layout of Pixel Data of so many bytes, or (`undefined`) of fragments. `undefined` where the attributes do not
 * describe the bytes, for example where they are subsampled. Bytes behind a single frame are padding,
 * as for pydicom; with several frames they say that none is where it should be.
 */
export function frameLayout(
  dataSet: DataSet,
  byteLength: number | undefined,
  identity: InstanceIdentity,
): FrameLayout | undefined {
  const frames = statedFrames(dataSet)
  if (byteLength === undefined) return { kind: 'encapsulated', frames }
  if (!hasPixelFormat(dataSet)) return undefined
  const format = pixelFormat(dataSet, identity)
  const bitsPerFrame = samplesPerFrame(format) * format.bitsAllocated
  const expected = nativeByteLength(format, frames)
  const isAsDescribed = byteLength === expected || byteLength === expected + (expected % 2)
  if (!isAsDescribed && !(frames === 1 && byteLength > expected)) return undefined
  return { kind: 'native', frames, bitsPerFrame, format }
}
