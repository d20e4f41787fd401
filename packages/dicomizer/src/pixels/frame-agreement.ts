import type { ImageFrame } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import { withElements, type DataSet } from '../data-set/data-set.ts'
import { FrameMismatchError, type FrameIdentity } from '../errors.ts'
import { numberOf, textOf, withValue, type PixelFormat } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { lookUpTransferSyntax, rleLossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { fitsBits, valueRange } from './value-range.ts'

/** What a code stream, or the frame decoded of it, says of itself. */
export type FrameFacts = Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample' | 'isSigned'>

/** A frame's own word against that of the attributes. */
export interface FrameEvidence {
  readonly facts: FrameFacts
  readonly frame: FrameIdentity
  /** Whether a checksum of the document vouches for the frame. */
  readonly isVerified: boolean
}

/** One attribute that the frames contradict. */
export interface Correction {
  readonly tag: number
  readonly keyword: string
  readonly vr: string
  readonly value: string | number
  readonly stated: string | number | undefined
}

/** What of the document besides attributes tells about pixels. */
export interface ImportedPixels {
  readonly images: readonly ImageFrame[]
  /** Of the imported file; undefined where the document does not have it. */
  readonly transferSyntaxUid: string | undefined
}

/**
 * What of a data set the first frame of an instance contradicts. The frame is right: its checksum is that of the
 * document. What the attributes say of its sign is theirs to say, and no contradiction.
 *
 * @throws {FrameMismatchError} where no checksum vouches for the frame, or where nothing in DICOM could describe it.
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

/** A data set with its contradictions put right. */
export function withCorrections(dataSet: DataSet, found: readonly Correction[]): DataSet {
  const corrected = found.reduce<DataSet>((result, correction) => withValue(result, correction), dataSet)
  const isGrey = found.some(({ tag, value }) => tag === tags.samplesPerPixel && value === 1)
  return isGrey ? withElements(corrected, [{ tag: tags.planarConfiguration, element: undefined }]) : corrected
}

/** Says what was stated and what is there. PhotometricInterpretation and numbers tell nothing of a patient. */
export function inWords({ keyword, stated, value }: Correction): string {
  return `${keyword} is ${stated ?? 'absent'}, and the frames have ${value}`
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

/** One sample a pixel cannot be of a colour space of three, nor three of a grey one. */
function photometricCorrection(dataSet: DataSet, components: number): readonly Correction[] {
  const stated = textOf(dataSet, tags.photometricInterpretation)
  const isOther = photometricsOf.get(components === 1 ? 3 : 1)?.includes(stated ?? '') ?? false
  if (!isOther || (components !== 1 && components !== 3)) return []
  const value = components === 1 ? 'MONOCHROME2' : 'RGB'
  return [{ tag: tags.photometricInterpretation, keyword: 'PhotometricInterpretation', vr: 'CS', value, stated }]
}

/**
 * Depths are raised to that of the code stream, but where the bits above the stated ones hold no value: where the
 * document knows the values and they fit, and where the imported file had something else in those bits.
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
 * Whether bits above the stored ones belong to no value: the file that was imported had whole words, in which bits above
 * HighBit mean nothing (PS3.5 8.1.1), or overlays in them.
 */
function hasUnusedBits(dataSet: DataSet, { transferSyntaxUid = '' }: ImportedPixels): boolean {
  const isOfWords = lookUpTransferSyntax(transferSyntaxUid)?.isNative === true || transferSyntaxUid === rleLossless
  return isOfWords || hasEmbeddedOverlays(dataSet)
}

/** Retired overlays are in bits above the stored ones: OverlayBitPosition (60xx,0102) says in which. */
function hasEmbeddedOverlays(dataSet: DataSet): boolean {
  return dataSet.some(
    ({ tag }) => tag >>> 24 === 0x60 && (tag & 0xffff) === 0x0102 && (numberOf(dataSet, tag) ?? 0) > 0,
  )
}

/** What is known of a decoded frame besides. */
export interface AgreementEvidence extends Omit<FrameEvidence, 'facts'> {
  /** Whether the first frame is coded with signed samples, which may not be what the attributes say. */
  readonly isFirstSigned: boolean
}

/**
 * Checks that a decoded frame is what the first one made of the attributes.
 *
 * @throws {FrameMismatchError}
 */
export function requireAgreement(decoded: DecodedFrame, format: PixelFormat, evidence: AgreementEvidence): void {
  const { frame } = evidence
  const why = disagreement(decoded, format) ?? signDisagreement(decoded, format, evidence)
  if (why !== undefined) throw new FrameMismatchError(frame, `frame ${frame.frameIndex + 1} ${why}`)
}

function disagreement(decoded: DecodedFrame, format: PixelFormat): string | undefined {
  const { width, height, components, bitsPerSample, pixels } = decoded
  if (width !== format.columns || height !== format.rows) {
    return `is ${width} x ${height} and not ${format.columns} x ${format.rows}`
  }
  if (components !== format.samplesPerPixel) {
    return `has ${components} samples per pixel and not ${format.samplesPerPixel}`
  }
  if (bitsPerSample > format.bitsAllocated && format.bitsAllocated !== 1) {
    return `has ${bitsPerSample} bits and ${format.bitsAllocated} are allocated`
  }
  const byteLength = width * height * components * Math.ceil(bitsPerSample / 8)
  return pixels.length === byteLength ? undefined : `has ${pixels.length} bytes and not ${byteLength}`
}

function signDisagreement(
  { isSigned }: DecodedFrame,
  format: PixelFormat,
  { isVerified, isFirstSigned }: AgreementEvidence,
): string | undefined {
  if (isSigned === format.isSigned || (isVerified && isSigned === isFirstSigned)) return undefined
  return `has ${isSigned ? 'signed' : 'unsigned'} samples`
}

/** What a reader should know of frames whose sign is not that of the attributes. */
export function signInWords({ bitsPerSample, isSigned }: FrameFacts): string {
  const [coded, read] = isSigned ? ['signed', 'unsigned'] : ['unsigned', 'signed']
  return `the frames are coded as ${coded} samples of ${bitsPerSample} bits; by PixelRepresentation they are ${read}`
}
