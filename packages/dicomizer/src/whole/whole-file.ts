import { InstanceFileError, type InstanceIdentity } from '../errors.ts'
import { createFileDescription, type FileDescription } from './file-description.ts'
import { frameLayout, type FrameLayout } from './frame-layout.ts'
import { createFrameSplitter, type FrameSink, type FrameSplitter } from './frame-splitter.ts'
import { createInflatingWalker, type InflatingWalker } from './inflating-walker.ts'
import { createPart10Walker } from './part10-walker.ts'
import { statedFrames } from '../pixels/pixel-module.ts'

/** What is known of the Pixel Data of a file when they begin. */
export interface PixelDataStart {
  readonly file: FileDescription
  readonly isEncapsulated: boolean
  /** `undefined` where the attributes do not say where the frames are. */
  readonly layout: FrameLayout | undefined
}

/** A DICOM file that is walked through and checked. */
export interface WholeFile extends InflatingWalker {
  readonly file: FileDescription
  /** At the end: whether frames were found where they had to be. */
  areFrames(): boolean
  /**
   * At the end: how many frames its Pixel Data have, 0 without Pixel Data. NumberOfFrames alone proves none: it may be any
   * number.
   */
  frameCount(): number
}

/** What a file is walked through for. */
export interface WholeFileOptions {
  readonly identity: InstanceIdentity & { readonly sopInstanceUid: string }
  /** The frames are one object, whatever NumberOfFrames says: that of a video. */
  readonly isOneObject: boolean
  /** Told where Pixel Data begin; gives what takes the frames, where anything is to. */
  readonly onPixelData: (start: PixelDataStart) => FrameSink | undefined
}

/**
 * Makes a walk through the file of an instance. It throws an {@link InstanceFileError} as soon as the bytes are no DICOM
 * file or those of another instance, and at the end where some are missing.
 */
export function createWholeFile({ identity, isOneObject, onPixelData }: WholeFileOptions): WholeFile {
  const file = createFileDescription(identity)
  const fail = (why: string): never => {
    throw new InstanceFileError(identity, why)
  }
  let splitter: FrameSplitter | undefined
  let frameCount: (() => number) | undefined

  function pixelData(byteLength: number | undefined): void {
    if (splitter !== undefined) fail('it has Pixel Data twice')
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

/** As many frames as stated if they can share the bytes, such as subsampled ones; otherwise one. */
function undescribedFrames(file: FileDescription, byteLength: number): number {
  const stated = statedFrames(file.dataSet())
  const canShare = [byteLength, byteLength - 1].some((length) => length > 0 && length % stated === 0)
  return canShare ? stated : 1
}

const ignore: FrameSink = { bytes() {}, end() {} }
