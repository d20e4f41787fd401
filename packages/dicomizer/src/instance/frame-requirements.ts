import type { DataSet } from '../data-set/data-set.ts'
import { FrameMismatchError } from '../errors.ts'
import type { InstanceFrames } from '../frames/instance-frames.ts'
import { hasPixelFormat, pixelFormat, statedFrames } from '../pixels/pixel-module.ts'
import { requireNativeLength } from '../stream/native-writer.ts'

/**
 * Checks that the image set has as many frames as the attributes state.
 *
 * @throws {FrameMismatchError} if it has not
 */
export function requireFrameCount(dataSet: DataSet, instance: InstanceFrames): void {
  const stated = statedFrames(dataSet)
  const held = instance.frames.length
  if (stated === held) return
  throw new FrameMismatchError(instance, `NumberOfFrames is ${stated}, but the image set has ${held} frames`)
}

/**
 * Checks that a video is one frame. AHI stores a video as one frame, whatever NumberOfFrames says.
 *
 * @throws {FrameMismatchError} if there are several frames
 */
export function requireOneObject(instance: InstanceFrames): void {
  const held = instance.frames.length
  if (held === 1) return
  throw new FrameMismatchError(
    instance,
    `it is a video, which is one frame in AHI, but the image set has ${held} frames`,
  )
}

/**
 * Checks that decoded frames fit a native Pixel Data element, if the attributes state their size.
 *
 * @throws {InstanceTooLargeError} if they do not fit
 */
export function requireRoom(dataSet: DataSet, instance: InstanceFrames): void {
  if (!hasPixelFormat(dataSet)) return
  requireNativeLength(pixelFormat(dataSet, instance), instance.frames.length, instance)
}
