import type { ImageFrame } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import { withElements, type DataSet } from '../data-set/data-set.ts'
import { FrameMismatchError, type FrameIdentity } from '../errors.ts'
import { numberOf, textOf, withValue, type PixelFormat } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { lookUpTransferSyntax, rleLossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { fitsBits, valueRange } from './value-range.ts'

/** The properties of a frame that its code stream, or its decoded form, states. */
export type FrameFacts = Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample' | 'isSigned'>

/** A frame to compare with the attributes. */
export interface FrameEvidence {
  readonly facts: FrameFacts
  readonly frame: FrameIdentity
  /** True if the frame matches a checksum of the document. */
  readonly isVerified: boolean
}

/** An attribute that contradicts the frames. */
export interface Correction {
  readonly tag: number
  readonly keyword: string
  readonly vr: string
  readonly value: string | number
  readonly stated: string | number | undefined
}

/** Facts about the imported pixels that the document states outside of the image's attributes. */
export interface ImportedPixels {
  readonly images: readonly ImageFrame[]
  /** Transfer syntax of the imported file. Undefined if the document does not state it. */
  readonly transferSyntaxUid: string | undefined
}

/**
 * Returns the attributes that contradict the verified first frame, with their right values. The sign of the samples is
 * never corrected: PixelRepresentation decides how they are read.
 *
 * @throws {FrameMismatchError} if no checksum confirms the frame, or if DICOM cannot describe it
 */
export function corrections(
  dataSet: DataSet,
  { facts, frame, isVerified }: FrameEvidence,
  imported: ImportedPixels,
): readonly Correction[] {
  const found = [...sizeCorrections(dataSet, facts), ...depthCorrections(dataSet, facts, imported)]
  const photometric = photometricCorrection(dataSet, facts.components)
  const isDescribable = facts.components === 1 || facts.components === 3
  const contradiction = found.find(({ tag }) => !isVerified || (tag === tags.samplesPerPixel && !isDescribable))
  if (contradiction === undefined) return isVerified ? [...found, ...photometric] : []
  throw new FrameMismatchError(frame, `in frame ${frame.frameIndex + 1}, ${inWords(contradiction)}`)
}

/** Returns a data set with the corrections applied. */
export function withCorrections(dataSet: DataSet, found: readonly Correction[]): DataSet {
  const corrected = found.reduce<DataSet>((result, correction) => withValue(result, correction), dataSet)
  const isGrey = found.some(({ tag, value }) => tag === tags.samplesPerPixel && value === 1)
  return isGrey ? withElements(corrected, [{ tag: tags.planarConfiguration, element: undefined }]) : corrected
}

/** Describes a correction in words. It shows only numbers and PhotometricInterpretation, which are not patient data. */
export function inWords({ keyword, stated, value }: Correction): string {
  return `${keyword} is ${stated ?? 'absent'}, but the frames have ${value}`
}

function sizeCorrections(dataSet: DataSet, { width, height, components }: FrameFacts): readonly Correction[] {
  return [
    ...numberCorrection(dataSet, 'SamplesPerPixel', components, 1),
    ...numberCorrection(dataSet, 'Rows', height),
    ...numberCorrection(dataSet, 'Columns', width),
  ]
}

const tagsByKeyword = {
  SamplesPerPixel: tags.samplesPerPixel,
  Rows: tags.rows,
  Columns: tags.columns,
  BitsAllocated: tags.bitsAllocated,
  BitsStored: tags.bitsStored,
  HighBit: tags.highBit,
} as const

function numberCorrection(
  dataSet: DataSet,
  keyword: keyof typeof tagsByKeyword,
  value: number,
  absent?: number,
): readonly Correction[] {
  const tag = tagsByKeyword[keyword]
  const stated = numberOf(dataSet, tag)
  return (stated ?? absent) === value ? [] : [{ tag, keyword, vr: 'US', value, stated }]
}

const photometricsOf: ReadonlyMap<number, readonly string[]> = new Map([
  [1, ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR']],
  [3, ['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_RCT', 'YBR_ICT', 'YBR_PARTIAL_420', 'YBR_PARTIAL_422', 'XYB']],
])

/**
 * Corrects a colour space of three samples for frames with one sample a pixel, and a grey one for frames with three.
 */
function photometricCorrection(dataSet: DataSet, components: number): readonly Correction[] {
  const stated = textOf(dataSet, tags.photometricInterpretation)
  const isOther = photometricsOf.get(components === 1 ? 3 : 1)?.includes(stated ?? '') ?? false
  if (!isOther || (components !== 1 && components !== 3)) return []
  const value = components === 1 ? 'MONOCHROME2' : 'RGB'
  return [{ tag: tags.photometricInterpretation, keyword: 'PhotometricInterpretation', vr: 'CS', value, stated }]
}

/**
 * Returns corrections that raise the stated depths to the code stream's. They are not raised if the bits above the
 * stated ones are unused: if the document's value range fits the stated bits, or the imported file used these bits for
 * something else.
 */
function depthCorrections(dataSet: DataSet, facts: FrameFacts, imported: ImportedPixels): readonly Correction[] {
  const allocated = numberOf(dataSet, tags.bitsAllocated)
  if (allocated === undefined) return []
  const { bitsPerSample, isSigned } = facts
  const stored = numberOf(dataSet, tags.bitsStored) ?? allocated
  const highest = Math.max(stored, (numberOf(dataSet, tags.highBit) ?? 0) + 1)
  const isWhole = allocated === 1 || allocated % 8 === 0
  if (isWhole && bitsPerSample <= Math.min(highest, allocated)) return []
  const range = valueRange(imported.images)
  const fits = (bits: number): boolean => range !== undefined && fitsBits(range, bits, isSigned)
  const keepsAllocated = isWhole && (bitsPerSample <= allocated || (allocated === 1 && fits(1)))
  const isUnused = hasUnusedBits(dataSet, imported) || fits(highest)
  if (keepsAllocated && isUnused) return []
  const bits = Math.max(bitsPerSample, stored)
  return [
    ...(keepsAllocated ? [] : numberCorrection(dataSet, 'BitsAllocated', 8 * Math.ceil(Math.max(bits, allocated) / 8))),
    ...numberCorrection(dataSet, 'BitsStored', bits),
    ...numberCorrection(dataSet, 'HighBit', bits - 1),
  ]
}

/**
 * Returns whether bits above BitsStored are not part of the values. Either the imported file was native or RLE, where
 * bits above HighBit have no meaning (PS3.5 8.1.1), or they hold overlays.
 */
function hasUnusedBits(dataSet: DataSet, { transferSyntaxUid = '' }: ImportedPixels): boolean {
  const isOfWords = lookUpTransferSyntax(transferSyntaxUid)?.isNative === true || transferSyntaxUid === rleLossless
  return isOfWords || hasEmbeddedOverlays(dataSet)
}

/** Returns whether bits above BitsStored hold overlays (retired). OverlayBitPosition (60xx,0102) gives their bit. */
function hasEmbeddedOverlays(dataSet: DataSet): boolean {
  return dataSet.some(
    ({ tag }) => tag >>> 24 === 0x60 && (tag & 0xffff) === 0x0102 && (numberOf(dataSet, tag) ?? 0) > 0,
  )
}

/** A decoded frame to compare with the attributes. */
export interface AgreementEvidence extends Omit<FrameEvidence, 'facts'> {
  /** True if the first frame is coded with signed samples. PixelRepresentation may say otherwise. */
  readonly isFirstSigned: boolean
}

/**
 * Checks that a decoded frame matches the format of the first frame.
 *
 * @throws {FrameMismatchError} if it does not
 */
export function requireAgreement(decoded: DecodedFrame, format: PixelFormat, evidence: AgreementEvidence): void {
  const { frame } = evidence
  const why = disagreement(decoded, format) ?? signDisagreement(decoded, format, evidence)
  if (why !== undefined) throw new FrameMismatchError(frame, `frame ${frame.frameIndex + 1} ${why}`)
}

function disagreement(decoded: DecodedFrame, format: PixelFormat): string | undefined {
  const { width, height, components, bitsPerSample, pixels } = decoded
  if (width !== format.columns || height !== format.rows) {
    return `is ${width} x ${height} instead of ${format.columns} x ${format.rows}`
  }
  if (components !== format.samplesPerPixel) {
    return `has ${components} samples per pixel instead of ${format.samplesPerPixel}`
  }
  if (bitsPerSample > format.bitsAllocated && format.bitsAllocated !== 1) {
    return `has ${bitsPerSample} bits, but BitsAllocated is ${format.bitsAllocated}`
  }
  const byteLength = width * height * components * Math.ceil(bitsPerSample / 8)
  return pixels.length === byteLength ? undefined : `has ${pixels.length} bytes instead of ${byteLength}`
}

function signDisagreement(
  { isSigned }: DecodedFrame,
  format: PixelFormat,
  { isVerified, isFirstSigned }: AgreementEvidence,
): string | undefined {
  if (isSigned === format.isSigned || (isVerified && isSigned === isFirstSigned)) return undefined
  return `has ${isSigned ? 'signed' : 'unsigned'} samples`
}

/** Describes the sign of frames that are coded with another sign than PixelRepresentation states. */
export function signInWords({ bitsPerSample, isSigned }: FrameFacts): string {
  const [coded, read] = isSigned ? ['signed', 'unsigned'] : ['unsigned', 'signed']
  return `the frames are coded as ${coded} samples of ${bitsPerSample} bits, but PixelRepresentation makes them ${read}`
}
