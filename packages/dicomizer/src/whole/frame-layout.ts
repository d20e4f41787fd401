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

/** The location of the frames in Pixel Data. */
export type FrameLayout =
  | { readonly kind: 'encapsulated'; readonly frames: number }
  | {
      readonly kind: 'native'
      readonly frames: number
      readonly bitsPerFrame: number
      readonly format: PixelFormat
    }

/**
 * Returns the layout of Pixel Data with this many bytes, or of fragments if `byteLength` is `undefined`. Returns
 * `undefined` if the attributes do not describe the bytes, for example if they are subsampled. Bytes after a single
 * frame are padding, as in pydicom. Bytes after several frames mean that their positions are unknown.
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
