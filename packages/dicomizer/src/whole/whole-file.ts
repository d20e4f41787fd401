import { InstanceFileError, type InstanceIdentity } from '../errors.ts'
import { createFileDescription, type FileDescription } from './file-description.ts'
import { frameLayout, type FrameLayout } from './frame-layout.ts'
import { createFrameSplitter, type FrameSink, type FrameSplitter } from './frame-splitter.ts'
import { createInflatingWalker, type InflatingWalker } from './inflating-walker.ts'
import { createPart10Walker } from './part10-walker.ts'
import { statedFrames } from '../pixels/pixel-module.ts'

/** The properties of Pixel Data that are known when it begins. */
export interface PixelDataStart {
  readonly file: FileDescription
  readonly isEncapsulated: boolean
  /** `undefined` if the attributes do not locate the frames. */
  readonly layout: FrameLayout | undefined
}

/** A DICOM file that is checked while its bytes are fed. */
export interface WholeFile extends InflatingWalker {
  readonly file: FileDescription
  /** Call it at the end. Returns whether the frames were found where they have to be. */
  areFrames(): boolean
  /**
   * Call it at the end. Returns the number of frames in Pixel Data, or 0 without Pixel Data. A NumberOfFrames that the
   * bytes do not support is ignored.
   */
  frameCount(): number
}

/** Options of {@link createWholeFile}. */
export interface WholeFileOptions {
  readonly identity: InstanceIdentity & { readonly sopInstanceUid: string }
  /** True for a video: its frames are one object, whatever NumberOfFrames says. */
  readonly isOneObject: boolean
  /** Called when Pixel Data begins. Returns the receiver of the frames, if they are needed. */
  readonly onPixelData: (start: PixelDataStart) => FrameSink | undefined
}

/**
 * Returns a check of an instance's file. It throws an {@link InstanceFileError} as soon as the bytes are not a DICOM
 * file or belong to another instance, and at the end if bytes are missing.
 */
export function createWholeFile({ identity, isOneObject, onPixelData }: WholeFileOptions): WholeFile {
  const file = createFileDescription(identity)
  const fail = (why: string): never => {
    throw new InstanceFileError(identity, why)
  }
  let splitter: FrameSplitter | undefined
  let frameCount: (() => number) | undefined

  function pixelData(byteLength: number | undefined): void {
    if (splitter !== undefined) fail('it has two Pixel Data elements')
    const isEncapsulated = byteLength === undefined
    const stated = frameLayout(file.dataSet(), byteLength, identity)
    const layout = stated?.kind === 'encapsulated' && isOneObject ? { ...stated, frames: 1 } : stated
    const sink = onPixelData({ file, isEncapsulated, layout })
    const found = createFrameSplitter(layout ?? { kind: 'encapsulated', frames: 1 }, sink ?? ignore)
    splitter = found
    frameCount =
      layout === undefined ? () => undescribedFrames(file, byteLength ?? 0) : () => Math.max(1, found.found())
  }

  const events = {
    wants: (tag: number) => file.wants(tag),
    value: (tag: number, value: Uint8Array) => file.value(tag, value),
    pixelData,
    fragment: (byteLength: number, offset: number | undefined) => splitter?.fragment(byteLength, offset),
    pixels: (bytes: Uint8Array) => splitter?.pixels(bytes),
    pixelDataEnd: () => splitter?.pixelDataEnd(),
  }
  const walker = createInflatingWalker(
    createPart10Walker(events, () => file.encoding(), fail),
    fail,
  )
  return {
    file,
    feed: (bytes) => walker.feed(bytes),
    async end() {
      await walker.end()
      file.checkIdentity()
      file.transferSyntaxUid()
    },
    areFrames: () => splitter?.isConsistent() ?? false,
    frameCount: () => frameCount?.() ?? 0,
  }
}

/**
 * Returns the stated number of frames if the bytes can be divided by it, as for subsampled frames. Otherwise returns 1.
 */
function undescribedFrames(file: FileDescription, byteLength: number): number {
  const stated = statedFrames(file.dataSet())
  const canShare = [byteLength, byteLength - 1].some((length) => length > 0 && length % stated === 0)
  return canShare ? stated : 1
}

const ignore: FrameSink = { bytes() {}, end() {} }
