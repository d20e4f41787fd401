import {
  explicitVrLittleEndian,
  htj2k,
  htj2kLossless,
  htj2kLosslessRpcl,
  jpeg2000,
  jpeg2000Lossless,
  jpegBaseline,
  jpegExtended,
  jpegExtendedArithmetic,
  jpegExtendedHierarchical,
  jpegExtendedHierarchicalArithmetic,
  jpegFullProgression,
  jpegFullProgressionArithmetic,
  jpegFullProgressionHierarchical,
  jpegFullProgressionHierarchicalArithmetic,
  jpegLossless,
  jpegLosslessArithmetic,
  jpegLosslessHierarchical,
  jpegLosslessHierarchicalArithmetic,
  jpegLosslessSv1,
  jpegLsLossless,
  jpegLsNearLossless,
  jpegSpectralSelection,
  jpegSpectralSelectionArithmetic,
  jpegSpectralSelectionHierarchical,
  jpegSpectralSelectionHierarchicalArithmetic,
  jpegXl,
  lookUpTransferSyntax,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { readFrameHeader, type FrameHeader, type JpegHeader, type JpegProcess } from '@ahi-dicom/htj2k-decoder/headers'
import type { StoredFrame } from './create-frame-reader.ts'
import { syntaxOf, type ChecksumBasis, type StoredSyntax } from './transfer-syntax.ts'

/** How the frames of an instance are stored: first as the document states, then as the first frame shows. */
export interface StoredForm {
  /** The stated syntax if the bytes agree with it, else the syntax of the bytes. */
  readonly syntax: StoredSyntax
  /** Header of the first frame. Undefined before it was read, or if its bytes are not recognised. */
  readonly header: FrameHeader | undefined
  /** Length of the first frame in bytes. 0 before it was read. */
  readonly byteLength: number
  /** True if this is another syntax than the document states. */
  readonly isContradicted: boolean
  /** The possible inputs of the checksums. Both are possible if the document states another syntax. */
  readonly checksumBases: readonly ChecksumBasis[]
  /** True if the samples are available: the frames are uncompressed, or the reader decodes them. */
  readonly hasSamples: boolean
  /** The decoder's error, if the first frame did not decode and is kept in its stored form. */
  readonly failure?: unknown
}

/** How the document describes the stored frames, and which syntaxes can be decoded. */
export interface StatedForm {
  /** The stated syntax. If none is stated, the data store's lossless format decides. */
  readonly syntax: StoredSyntax
  /** True if the document states the syntax. */
  readonly isStated: boolean
  /** True if the document states that the checksums cover the decoded pixels. */
  readonly hasDecodedChecksums: boolean
  /** Returns the length in bytes of a frame that is stored uncompressed. */
  readonly nativeFrameByteLength: () => number
  /** Returns whether frames of a transfer syntax can be decoded. */
  readonly decodes: (transferSyntaxUid: string) => boolean
}

/** Returns the form of the frames if the document is right. */
export function statedForm(stated: StatedForm): StoredForm {
  return formOf(stated, { syntax: stated.syntax, header: undefined, byteLength: 0 })
}

/**
 * Decides the form of the stored frames by the first of them. The candidates are the syntax that the document states,
 * the one that the Content-Type names, and the one that the bytes show. The first candidate that the bytes do not
 * contradict is used. Unrecognised bytes contradict nothing.
 */
export function storedForm(stated: StatedForm, frame: StoredFrame): StoredForm {
  const header = isNative(stated, frame) ? undefined : readFrameHeader(frame.data)
  const syntax = header === undefined ? unrecognised(stated, frame) : recognised(stated, frame, header)
  return formOf(stated, { syntax, header, byteLength: frame.data.length })
}

function formOf(stated: StatedForm, seen: Pick<StoredForm, 'syntax' | 'header' | 'byteLength'>): StoredForm {
  const { syntax } = seen
  const isContradicted = syntax.uid !== stated.syntax.uid
  const bases: readonly ChecksumBasis[] = isContradicted ? ['encoded', 'decoded'] : [syntax.checksumBasis]
  return {
    ...seen,
    isContradicted,
    checksumBases: stated.hasDecodedChecksums ? ['decoded'] : bases,
    hasSamples: syntax.isNative || stated.decodes(syntax.uid),
  }
}

/** Returns the form of frames that cannot be decoded after all. */
export function undecodable(form: StoredForm, failure: unknown): StoredForm {
  return { ...form, hasSamples: false, failure }
}

function isNative({ syntax, nativeFrameByteLength }: StatedForm, { data }: StoredFrame): boolean {
  return syntax.isNative && data.length === nativeFrameByteLength()
}

function unrecognised({ syntax, isStated, nativeFrameByteLength }: StatedForm, frame: StoredFrame): StoredSyntax {
  const isBinary = frame.contentType === 'application/octet-stream'
  if (isStated || !isBinary || frame.data.length !== nativeFrameByteLength()) return syntax
  return syntaxOf(explicitVrLittleEndian)
}

/** Media types that GetImageFrame uses for one transfer syntax only. */
const syntaxOfContentType: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', jpegBaseline],
  ['image/jp2', jpeg2000Lossless],
  ['image/j2c', jpeg2000],
  ['image/jphc', htj2k],
  ['image/jxl', jpegXl],
])

function recognised(stated: StatedForm, { contentType = '' }: StoredFrame, header: FrameHeader): StoredSyntax {
  const named = syntaxOfContentType.get(contentType)
  const candidates = stated.isStated ? [stated.syntax.uid, named] : [named, stated.syntax.uid]
  const uid = candidates.find((candidate) => candidate !== undefined && isOfSyntax(header, candidate))
  return uid === stated.syntax.uid ? stated.syntax : syntaxOf(uid ?? syntaxOfHeader(header))
}

/**
 * JPEG processes that each transfer syntax allows (PS3.6 A, PS3.5 10). The order matters: a code stream whose syntax is
 * missing or wrong gets the first syntax that allows it.
 */
const jpegProcesses: ReadonlyMap<string, readonly JpegProcess[]> = new Map([
  [jpegBaseline, ['baseline']],
  [jpegExtended, ['extended', 'baseline']],
  [jpegExtendedArithmetic, ['extended-arithmetic']],
  [jpegFullProgression, ['progressive']],
  [jpegFullProgressionArithmetic, ['progressive-arithmetic']],
  [jpegSpectralSelection, ['progressive']],
  [jpegSpectralSelectionArithmetic, ['progressive-arithmetic']],
  [jpegLosslessSv1, ['lossless']],
  [jpegLossless, ['lossless']],
  [jpegLosslessArithmetic, ['lossless-arithmetic']],
  [jpegExtendedHierarchical, ['extended-hierarchical']],
  [jpegExtendedHierarchicalArithmetic, ['extended-hierarchical-arithmetic']],
  [jpegFullProgressionHierarchical, ['progressive-hierarchical']],
  [jpegFullProgressionHierarchicalArithmetic, ['progressive-hierarchical-arithmetic']],
  [jpegSpectralSelectionHierarchical, ['progressive-hierarchical']],
  [jpegSpectralSelectionHierarchicalArithmetic, ['progressive-hierarchical-arithmetic']],
  [jpegLosslessHierarchical, ['lossless-hierarchical']],
  [jpegLosslessHierarchicalArithmetic, ['lossless-hierarchical-arithmetic']],
  [jpegLsLossless, ['jpeg-ls']],
  [jpegLsNearLossless, ['jpeg-ls']],
])
/** Selection value 1 of the predictor, which `jpegLosslessSv1` requires. */
const firstOrderPrediction = 1

/**
 * Returns whether a code stream is one that a transfer syntax allows.
 *
 * @example
 * import { htj2kLosslessRpcl } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
 * import { isOfSyntax } from '@ahi-dicom/dicomizer'
 * import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const header = readFrameHeader(codeStream)
 * console.log(header !== undefined && isOfSyntax(header, htj2kLosslessRpcl)) // true
 */
export function isOfSyntax(header: FrameHeader, uid: string): boolean {
  const { codeStream, isLossless } = lookUpTransferSyntax(uid) ?? {}
  if (header.kind === 'jpeg') return isOfJpegSyntax(header, uid)
  if (header.kind !== codeStream) return false
  if (header.kind === 'jpeg-xl') return true
  if (isLossless === true && header.isLossy) return false
  return uid !== htj2kLosslessRpcl || header.isRpcl
}

function isOfJpegSyntax(header: JpegHeader, uid: string): boolean {
  if (jpegProcesses.get(uid)?.includes(header.process) !== true) return false
  if (uid === jpegLsLossless) return !header.isLossy
  return uid !== jpegLosslessSv1 || header.scanParameter === firstOrderPrediction
}

/** Returns the narrowest transfer syntax that fits a code stream (PS3.5 A.4 and PS3.6 A). */
function syntaxOfHeader(header: FrameHeader): string {
  if (header.kind === 'jpeg-xl') return jpegXl
  if (header.kind === 'jpeg') return jpegSyntaxOf(header)
  if (header.kind === 'jpeg2000') return header.isLossy ? jpeg2000 : jpeg2000Lossless
  if (header.isLossy) return htj2k
  return header.isRpcl ? htj2kLosslessRpcl : htj2kLossless
}

/** Spectral selection and full progression look the same, so full progression, which comes first, is used. */
function jpegSyntaxOf(header: JpegHeader): string {
  for (const uid of jpegProcesses.keys()) if (isOfJpegSyntax(header, uid)) return uid
  throw new TypeError(`Expected a known JPEG process, got \`${header.process}\``)
}
