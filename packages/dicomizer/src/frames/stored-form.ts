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

/** How the frames of an instance are stored: by the document until the first frame was seen, then by that. */
export interface StoredForm {
  /** By the document where the bytes agree, else by the bytes. */
  readonly syntax: StoredSyntax
  /** Of the first frame; undefined before it was seen, and where its bytes are not recognised. */
  readonly header: FrameHeader | undefined
  /** Length of the first frame in bytes; 0 before it was seen. */
  readonly byteLength: number
  /** Whether it is another syntax than that of the document. */
  readonly isContradicted: boolean
  /** What checksums may have been computed from. A syntax that the document does not name leaves both possible. */
  readonly checksumBases: readonly ChecksumBasis[]
  /** Whether there are samples to be had of the frames: they are not compressed, or the reader decodes them. */
  readonly hasSamples: boolean
  /** Why the first frame does not decode, if it was to be decoded and is kept as it is stored. */
  readonly failure?: unknown
}

/** What the document says of the stored frames, and what can be decoded. */
export interface StatedForm {
  /** The syntax that is stated, or that a data store's lossless format means. */
  readonly syntax: StoredSyntax
  /** Whether the document names it. */
  readonly isStated: boolean
  /** Whether the checksums are stated to be those of the decoded pixels. */
  readonly hasDecodedChecksums: boolean
  /** Returns the length of a frame that is stored uncompressed, in bytes. */
  readonly nativeFrameByteLength: () => number
  /** Returns whether frames of a transfer syntax can be decoded. */
  readonly decodes: (transferSyntaxUid: string) => boolean
}

/** Returns the form that frames have if the document is right. */
export function statedForm(stated: StatedForm): StoredForm {
  return formOf(stated, { syntax: stated.syntax, header: undefined, byteLength: 0 })
}

/**
 * Decides the form of stored frames by the first of them: what the document states, then what the Content-Type says, then
 * what the bytes are. The first that the bytes do not contradict is right; bytes that are not recognised contradict nothing.
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

/** Returns the form of frames that turned out not to be decodable. */
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

/** Media types that GetImageFrame has for one syntax alone. */
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
 * The processes of JPEG that code streams of a syntax may have (PS3.6 A, PS3.5 10). The order of the syntaxes counts: a
 * code stream whose syntax is not stated, or wrong, is in the first one that allows it.
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
/** Of selection value 1, the predictor of `jpegLosslessSv1`. */
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

/** The syntax of a code stream by itself, the narrowest that fits (PS3.5 A.4 and PS3.6 A). */
function syntaxOfHeader(header: FrameHeader): string {
  if (header.kind === 'jpeg-xl') return jpegXl
  if (header.kind === 'jpeg') return jpegSyntaxOf(header)
  if (header.kind === 'jpeg2000') return header.isLossy ? jpeg2000 : jpeg2000Lossless
  if (header.isLossy) return htj2k
  return header.isRpcl ? htj2kLosslessRpcl : htj2kLossless
}

/** Spectral selection cannot be told from full progression, which comes first. */
function jpegSyntaxOf(header: JpegHeader): string {
  for (const uid of jpegProcesses.keys()) if (isOfJpegSyntax(header, uid)) return uid
  throw new TypeError(`Expected a known process of JPEG, got \`${header.process}\``)
}
