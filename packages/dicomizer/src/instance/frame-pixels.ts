import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import type { DataSet } from '../data-set/data-set.ts'
import { UnsupportedTransferSyntaxError } from '../errors.ts'
import type { StoredFrame } from '../frames/create-frame-reader.ts'
import { frameIdentity, type InstanceFrames } from '../frames/instance-frames.ts'
import type { LoadedFrame } from '../frames/judge-frame.ts'
import { loadFrame, type LoadOptions } from '../frames/load-frame.ts'
import { nativeFrameByteLength } from '../frames/native-frames.ts'
import { statedForm, storedForm, type StatedForm, type StoredForm } from '../frames/stored-form.ts'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { decodableTransferSyntaxes, storedSyntax } from '../frames/transfer-syntax.ts'
import { createNoticeCollector, type NoticeCollector } from '../notices.ts'
import { conformSamples } from '../pixels/conform-samples.ts'
import { floatPixels } from '../pixels/float-pixels.ts'
import { requireAgreement } from '../pixels/frame-agreement.ts'
import { pixelArray } from '../pixels/pixel-array.ts'
import { describePixels, expectedDecoded, type FirstFrame } from '../pixels/pixel-description.ts'
import { pixelFormat, type PixelFormat } from '../pixels/pixel-module.ts'
import { createEncapsulatedWriter, gatheredByteLength } from '../stream/encapsulated-writer.ts'
import { createNativeWriter, requireNativeLength } from '../stream/native-writer.ts'
import { streamFrames, type FirstFrameOptions } from '../stream/pixel-stream.ts'
import { fragmentLengths, streamVideo } from '../stream/video-stream.ts'
import type { BorrowedFrame, DicomizeOptions, InstanceEntry } from './dicom-instance.ts'
import {
  encapsulatedElementLength,
  envelopeLength,
  isSettled,
  nativeElementLength,
  storedLengths,
  videoElementLength,
} from './file-measure.ts'
import {
  estimatedFrameByteLength,
  largestStoredFrame,
  mostFrameByteLength,
  statedFrameLengths,
} from './frame-lengths.ts'
import { requireFrameCount, requireOneObject, requireRoom } from './frame-requirements.ts'
import { emptyFramesOf, framesEmpty, notDecoded, noteEnd, noting, otherSyntax } from './pixel-notices.ts'
import type { PixelWay, StreamOptions } from './pixel-way.ts'

/** The most bytes of a video that are in memory. */
const streamedByteLength = 1 << 18

/**
 * Returns the pixels of an instance, read from its frames. Nothing is fetched yet. `dataSet` returns the document's
 * attributes.
 */
export function createFramePixels(entry: InstanceEntry, dataSet: () => DataSet, options: DicomizeOptions): PixelWay {
  const { instance } = entry
  const frames = framesOf(entry, dataSet, options)
  const stated = statedFormOf(frames, instance, options)
  const expected = statedForm(stated)
  const imported = { images: instance.ImageFrames, transferSyntaxUid: importedSyntax(instance) }
  const { transferSyntax = 'explicit', verifyFrames: verify = true } = options
  /** Set by the first frame that was read. */
  let seen: { readonly form: StoredForm; readonly first: FirstFrame } | undefined
  let described: { readonly first: FirstFrame; readonly isDecoded: boolean; readonly dataSet: DataSet } | undefined
  let hasOtherLengths = false
  const emptyFrames = emptyFramesOf(instance)

  const form = (): StoredForm => seen?.form ?? expected
  /** Native pixels cannot have an empty frame, so an instance with one is encapsulated. */
  const isDecoded = ({ hasSamples, syntax }: StoredForm): boolean =>
    hasSamples && (syntax.isNative || (transferSyntax !== 'stored' && emptyFrames.length === 0))
  const writtenUid = (of: StoredForm): string => (isDecoded(of) ? explicitVrLittleEndian : of.syntax.uid)
  const recognise = (frame: StoredFrame): StoredForm => storedForm(stated, frame)
  const onOtherLength = (): void => void (hasOtherLengths = true)

  function unsupported({ syntax, failure }: StoredForm, wanted: 'explicit' | 'stored' | 'pixels'): Error {
    return new UnsupportedTransferSyntaxError(frames, syntax.uid, wanted, failure)
  }

  function describe(first: FirstFrame, decoded: boolean, notices: Pick<NoticeCollector, 'add'>): DataSet {
    return describePixels(first, { dataSet: dataSet(), imported, isDecoded: decoded, notices })
  }

  /** Returns the attributes that describe the result of `frame`: decoded if possible. */
  function pictureDataSet(first: FirstFrame): DataSet {
    const decoded = frames.frames.length > 0 && form().hasSamples
    if (described?.first !== first || described.isDecoded !== decoded) {
      described = { first, isDecoded: decoded, dataSet: describe(first, decoded, silent) }
    }
    return described.dataSet
  }

  function expectedDataSet(): DataSet {
    return frames.frames.length > 0 && form().hasSamples ? expectedDecoded(dataSet()) : dataSet()
  }

  async function frame(
    index: number,
    signal: AbortSignal | undefined,
    onFrame: StreamOptions['onFrame'],
  ): Promise<BorrowedFrame> {
    const floats = instance.ImageFrames.length === 0 ? floatPixels(dataSet(), frames) : undefined
    if (floats !== undefined) return { pixels: floats.frame(index), release() {} }
    frameIdentity(frames, index)
    if (!form().hasSamples && form().syntax.encapsulates) throw unsupported(form(), 'pixels')
    let format: PixelFormat | undefined
    const loaded = await loadFrame(frames, index, {
      form: seen?.form,
      expected,
      recognise,
      isDecoded(of) {
        if (!of.hasSamples && !of.isContradicted) throw unsupported(of, 'pixels')
        return of.hasSamples
      },
      verify: true,
      accept(candidate) {
        if (candidate.decoded === undefined) throw unsupported(candidate.form, 'pixels')
        const known = seen?.first.decoded === undefined ? undefined : seen.first
        format = pixelFormat(
          known === undefined ? describe(firstFrameOf(candidate), true, silent) : pictureDataSet(known),
          frames,
        )
        const isFirstSigned = known?.decoded?.isSigned ?? candidate.decoded.isSigned
        requireAgreement(candidate.decoded, format, { ...candidate, isFirstSigned })
      },
      signal,
    })
    const { decoded } = loaded
    if (decoded === undefined || format === undefined) throw unsupported(loaded.form, 'pixels')
    if (seen?.first.decoded === undefined) seen = { form: seen?.form ?? loaded.form, first: firstFrameOf(loaded) }
    onFrame(loaded.isVerified)
    return { pixels: pixelArray(conformSamples(decoded, format), format), release: loaded.release }
  }

  function stream(streaming: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal, onFrame } = streaming
    if (expected.syntax.isVideo) return streamVideoObject(streaming)
    const early = isDecoded(expected) ? expectedDecoded(dataSet()) : dataSet()
    requireFrameCount(early, frames)
    if (isDecoded(expected)) requireRoom(early, frames)
    const first = firstFrameOptions({ ...streaming, encode: keepsLast(streaming.encode) }, early)
    return streamFrames({ instance: frames, first, onFrame, concurrency: streaming.frameConcurrency, signal })
  }

  function firstFrameOptions(streaming: StreamOptions, early: DataSet): FirstFrameOptions {
    const { encode, notices, signal } = streaming
    // Finds attributes that cannot be written before anything is fetched.
    encode(early, writtenUid(expected))
    let shown: { readonly dataSet: DataSet; readonly notices: NoticeCollector } | undefined
    return {
      form: undefined,
      expected,
      recognise(of) {
        const recognised = recognise(of)
        if (isDecoded(recognised) || recognised.syntax.encapsulates) return recognised
        throw unsupported(recognised, transferSyntax)
      },
      isDecoded,
      verify,
      keepsUndecodable: true,
      accept(candidate) {
        const found = createNoticeCollector()
        noteSyntax(found, candidate.form)
        noteEnd(found, candidate)
        if (emptyFrames.length > 0) found.add(framesEmpty(emptyFrames))
        const agreed = describe(firstFrameOf(candidate), isDecoded(candidate.form), found)
        if (isDecoded(candidate.form)) accepting(agreed, candidate)(candidate)
        shown = { dataSet: agreed, notices: found }
      },
      start(loaded) {
        if (shown === undefined) throw new TypeError('Expected a first frame that was accepted')
        seen = { form: loaded.form, first: firstFrameOf(loaded) }
        for (const notice of shown.notices.list()) notices.add(notice)
        return start(loaded, shown.dataSet, { encode, notices })
      },
      signal,
    }
  }

  function start(loaded: LoadedFrame, agreed: DataSet, { encode, notices }: Pick<StreamOptions, 'encode' | 'notices'>) {
    const envelope = encode(agreed, writtenUid(loaded.form))
    const frameCount = frames.frames.length
    if (isDecoded(loaded.form)) {
      const format = pixelFormat(agreed, frames)
      const writer = createNativeWriter({ format, frameCount, envelope, identity: frames })
      return { writer, accept: noting(notices, accepting(agreed, loaded)) }
    }
    const frameLengths = statedFrameLengths(instance, hasOtherLengths)
    const writer = createEncapsulatedWriter({ frameCount, envelope, frameLengths, onOtherLength })
    return { writer, accept: noting(notices, acceptAny) }
  }

  /** Returns a check that decoded frames match the attributes and the first frame. */
  function accepting(agreed: DataSet, { decoded: first }: LoadedFrame): LoadOptions['accept'] {
    const format = pixelFormat(agreed, frames)
    return (loaded) => {
      const { decoded } = loaded
      if (decoded === undefined) throw new TypeError('Expected a decoded frame')
      requireAgreement(decoded, format, { ...loaded, isFirstSigned: first?.isSigned ?? decoded.isSigned })
    }
  }

  function noteSyntax(notices: NoticeCollector, { syntax, ...rest }: StoredForm): void {
    if (syntax.uid !== expected.syntax.uid) notices.add(otherSyntax(expected.syntax.uid, syntax.uid))
    if (transferSyntax !== 'stored' && !isDecoded({ syntax, ...rest })) notices.add(notDecoded(syntax.uid))
  }

  function streamVideoObject({ encode, notices, onFrame, signal }: StreamOptions): ReturnType<typeof streamVideo> {
    const { syntax } = expected
    requireOneObject(frames)
    if (transferSyntax !== 'stored') notices.add(notDecoded(syntax.uid))
    const envelope = encode(dataSet(), syntax.uid)
    const statedByteLength = statedFrameLengths(instance, hasOtherLengths)?.[0]
    const isComparable = instance.ChecksumType !== 'DECOMPRESSED'
    const video = { instance: frames, syntax, envelope, statedByteLength, onOtherLength }
    return streamVideo({ ...video, verify: verify && isComparable, signal, onFrame })
  }

  function heldByteLength(frameConcurrency: number): number {
    const { syntax } = form()
    if (syntax.isVideo && options.frameReader?.stream !== undefined) return streamedByteLength
    const stored = largestStoredFrame(entry)
    const window = Math.min(frameConcurrency, frames.frames.length)
    const inFlight = window * (stored + estimatedFrameByteLength(entry))
    if (isDecoded(form())) return inFlight
    return inFlight + Math.min(gatheredByteLength, (frames.frames.length - window) * stored)
  }

  function measureFile(encode: StreamOptions['encode']): ReturnType<PixelWay['measureFile']> {
    const { storedFrameLengths, areStoredLengthsExact } = storedLengths(entry)
    if (expected.syntax.isVideo) {
      requireOneObject(frames)
      const envelope = envelopeLength(encode(dataSet(), expected.syntax.uid))
      const fragments = fragmentLengths(storedFrameLengths[0] ?? 0, { instance: frames, syntax: expected.syntax })
      return { byteLength: envelope + videoElementLength(fragments), isExact: areStoredLengthsExact }
    }
    const decoded = isDecoded(expected)
    const early = decoded ? expectedDecoded(dataSet()) : dataSet()
    requireFrameCount(early, frames)
    const envelope = envelopeLength(encode(early, writtenUid(expected)))
    const isKnown = isSettled(dataSet(), expected, decoded) && instance.StoredTransferSyntaxUID !== undefined
    if (!decoded) {
      const byteLength = envelope + encapsulatedElementLength(storedFrameLengths)
      return { byteLength, isExact: isKnown && areStoredLengthsExact && expected.syntax.encapsulates }
    }
    const format = pixelFormat(early, frames)
    const pixels = requireNativeLength(format, frames.frames.length, frames)
    return { byteLength: envelope + nativeElementLength(pixels, format), isExact: isKnown }
  }

  return {
    isWhole: false,
    measureFile,
    get storedTransferSyntaxUid() {
      return form().syntax.uid
    },
    get transferSyntaxUid() {
      return writtenUid(form())
    },
    frameCount: instance.ImageFrames.length,
    dataSet: () => (seen === undefined ? expectedDataSet() : pictureDataSet(seen.first)),
    heldByteLength,
    frame,
    stream,
  }
}

function acceptAny(): void {}

const silent: Pick<NoticeCollector, 'add'> = { add: () => {} }

function framesOf(
  entry: InstanceEntry,
  dataSet: () => DataSet,
  { frameReader: reader }: DicomizeOptions,
): InstanceFrames {
  const { datastoreId, imageSetId, sopInstanceUid, instance } = entry
  const identity = { datastoreId, imageSetId, sopInstanceUid }
  let most: number | undefined
  return {
    ...identity,
    frames: instance.ImageFrames,
    reader,
    maxFrameByteLength: () => (most ??= mostFrameByteLength(entry)),
    nativeFormat: () => pixelFormat(dataSet(), identity),
  }
}

function statedFormOf(
  { nativeFormat }: InstanceFrames,
  { StoredTransferSyntaxUID: uid, ChecksumType: type }: InstanceMetadata,
  { frameReader: reader, losslessStorageFormat = 'HTJ2K' }: DicomizeOptions,
): StatedForm {
  return {
    syntax: storedSyntax(uid, losslessStorageFormat),
    isStated: uid !== undefined,
    hasDecodedChecksums: type === 'DECOMPRESSED',
    nativeFrameByteLength: () => nativeFrameByteLength(nativeFormat()),
    decodes: (candidate) => reader?.decodes(candidate) ?? decodableTransferSyntaxes.has(candidate),
  }
}

/** Returns the properties of a first frame to keep, without its pixels. */
function firstFrameOf({ frame, form, decoded, isVerified }: LoadedFrame): FirstFrame {
  const { header, byteLength, syntax } = form
  const isAsImported = syntax.checksumBasis === 'encoded'
  const stored = { frame, header, isAsImported, byteLength, isVerified }
  if (decoded === undefined) return { ...stored, decoded }
  const { width, height, components, bitsPerSample, isSigned } = decoded
  return { ...stored, decoded: { width, height, components, bitsPerSample, isSigned } }
}

/** Keeps the last result of `encode`, so that attributes are not encoded again if the first frame confirms them. */
function keepsLast(encode: StreamOptions['encode']): StreamOptions['encode'] {
  let last: { readonly key: readonly [DataSet, string]; readonly envelope: ReturnType<typeof encode> } | undefined
  return (dataSet, uid) => {
    if (last?.key[0] !== dataSet || last.key[1] !== uid) last = { key: [dataSet, uid], envelope: encode(dataSet, uid) }
    return last.envelope
  }
}

function importedSyntax({ DICOM: { TransferSyntaxUID: uid } }: InstanceMetadata): string | undefined {
  return typeof uid === 'string' ? uid.trim() : undefined
}
