import { FrameMismatchError, InstanceFileError } from '../errors.ts'
import { expectedFrameIdentity, type ExpectedFrames } from './expected-frames.ts'
import { frameComparison, type WholeFrameDecoder } from './frame-comparison.ts'
import { createFrameCursor } from './frame-cursor.ts'
import { chunksOf, getInstanceFile } from './instance-file.ts'
import type { InstanceFile, InstanceSource } from './instance-source.ts'
import type { NoticeCollector } from '../notices.ts'
import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { FrameChecks } from '../stream/pixel-stream.ts'
import { readWholeFrames, type WholeFrameInRow } from './read-whole-frames.ts'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { StoredSyntax } from '../frames/transfer-syntax.ts'
import { createWholeFile, type PixelDataStart } from './whole-file.ts'
import { createWholeFrameChecks, type WholeFrameChecks } from './whole-frame-checks.ts'
import { wholeFramePixels } from './whole-frame-pixels.ts'

/** An instance whose file AHI returns as a whole. */
export interface WholeInstance {
  /** Transfer syntax of the file that the last {@link part10} returned. Before that, the expected one. */
  readonly transferSyntaxUid: string
  /** Checks of the last {@link part10}. */
  readonly frameChecks: FrameChecks
  /** True if the file has no Pixel Data, and the document does not require it. */
  readonly hasNoPixelData: boolean
  /** PhotometricInterpretation of the last {@link frame}, according to the file and its code stream. */
  readonly photometric: string | undefined
  /** Yields the file as it arrives. Its last bytes are yielded after the whole file was checked. */
  part10(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined>
  /**
   * Returns the samples of one frame, and calls `onFrame` with whether they match a checksum. Frames that are read in
   * order come from one request.
   */
  frame(index: number, signal: AbortSignal | undefined, onFrame: (isVerified: boolean) => void): Promise<PixelArray>
}

/** Options of {@link createWholeInstance}. */
export interface WholeInstanceOptions {
  readonly source: InstanceSource
  readonly expected: ExpectedFrames
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Transfer syntax of the frames in AHI. */
  readonly stored: StoredSyntax
  readonly decoder: WholeFrameDecoder | undefined
  readonly transferSyntax: 'explicit' | 'stored'
  /** True if code streams are decoded to compare their checksums. */
  readonly verifyFrames: boolean
  readonly expectedTransferSyntaxUid: string
  /** True if a file without Pixel Data is incomplete. */
  readonly hasPixelData: boolean
  /** Receives notices about the file. */
  readonly notices: NoticeCollector
}

const none: FrameChecks = { verified: 0, unverified: 0 }

/** Returns a whole instance. Nothing is fetched yet. */
export function createWholeInstance(options: WholeInstanceOptions): WholeInstance {
  const { expected, stored, decoder, notices } = options
  const fileOptions = { identity: expected, isOneObject: isOneObject(options) }
  const cursor = createFrameCursor<WholeFrameInRow>(
    async function* (from, signal) {
      yield* readWholeFrames(await getFile(options, 'explicit', signal), from, { ...fileOptions, signal })
    },
    (index) => {
      hasNoPixelData = index === 0 && !options.hasPixelData
      return new FrameMismatchError(expected, `its file has no frame ${index + 1}`)
    },
  )
  let hasNoPixelData = false
  let transferSyntaxUid = options.expectedTransferSyntaxUid
  let frameChecks = none
  let photometric: string | undefined

  async function* part10(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    frameChecks = none
    const pixelChecks: WholeFrameChecks[] = []
    const onPixelData = (start: PixelDataStart): WholeFrameChecks['sink'] | undefined => {
      if (start.isEncapsulated && options.transferSyntax === 'explicit') notices.add(notDecoded)
      const checks = checksOf(start, options)
      if (checks !== undefined) pixelChecks.push(checks)
      return checks?.sink
    }
    const whole = createWholeFile({ ...fileOptions, onPixelData })
    let held: Uint8Array | undefined
    for await (const chunk of chunksOf(await getFile(options, options.transferSyntax, signal), expected, signal)) {
      await whole.feed(chunk)
      for (const checks of pixelChecks) await checks.settle(signal)
      if (held !== undefined) yield held
      held = chunk
    }
    await whole.end()
    frameChecks = { verified: 0, unverified: whole.frameCount() }
    hasNoPixelData = frameChecks.unverified === 0
    if (options.hasPixelData && hasNoPixelData) throw new InstanceFileError(expected, 'it has no Pixel Data')
    for (const checks of pixelChecks) frameChecks = checks.result(whole.areFrames())
    transferSyntaxUid = whole.file.transferSyntaxUid()
    if (held !== undefined) yield held
  }

  return {
    get transferSyntaxUid() {
      return transferSyntaxUid
    },
    get frameChecks() {
      return frameChecks
    },
    get hasNoPixelData() {
      return hasNoPixelData
    },
    get photometric() {
      return photometric
    },
    part10,
    async frame(frameIndex, signal, onFrame) {
      const read = await cursor.read(frameIndex, signal)
      const frame = expectedFrameIdentity(expected, frameIndex)
      const { pixels, photometric: found } = await wholeFramePixels(read, {
        frame,
        expected,
        stored,
        decoder,
        signal,
        onFrame,
      })
      photometric = found
      return pixels
    },
  }
}

const notDecoded = {
  code: 'PIXELS_NOT_DECODED',
  message: 'AHI returns the instance only as it is stored: its pixels are encapsulated',
} as const

/** Returns whether the frames are one object in AHI and in the file, as for a video, whatever NumberOfFrames says. */
function isOneObject({ expected, stored }: WholeInstanceOptions): boolean {
  return expected.frames.length === 1 && stored.isVideo
}

function getFile(
  { source, expected, studyInstanceUid, seriesInstanceUid }: WholeInstanceOptions,
  wanted: 'explicit' | 'stored',
  signal: AbortSignal | undefined,
): Promise<InstanceFile> {
  const { datastoreId, imageSetId, sopInstanceUid } = expected
  const transferSyntax = wanted === 'explicit' ? explicitVrLittleEndian : '*'
  const uids = { studyInstanceUid, seriesInstanceUid, sopInstanceUid }
  return getInstanceFile(source, { datastoreId, imageSetId, ...uids, transferSyntax, signal })
}

/** Returns how the frames of a file are compared, or `undefined` if they cannot or need not be compared. */
function checksOf(
  { file, layout, isEncapsulated }: PixelDataStart,
  { expected, stored, decoder, verifyFrames }: WholeInstanceOptions,
): WholeFrameChecks | undefined {
  if (isEncapsulated && !verifyFrames) return undefined
  const transferSyntaxUid = file.transferSyntaxUid()
  const comparison = frameComparison({ layout, transferSyntaxUid, dataSet: file.dataSet(), expected, stored, decoder })
  if (comparison === 'none') return undefined
  return createWholeFrameChecks({ comparison, isPadded: isEncapsulated, expected, decoder })
}
