import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { DataSet } from '../data-set/data-set.ts'
import type { FrameIdentity } from '../errors.ts'
import {
  corrections,
  inWords,
  signInWords,
  withCorrections,
  type Correction,
  type FrameFacts,
  type ImportedPixels,
} from './frame-agreement.ts'
import { withLossyCompression } from './lossy-compression.ts'
import type { NoticeCollector } from '../notices.ts'
import {
  decodedPhotometric,
  meansOtherColours,
  photometricOf,
  storedPhotometric,
  withPhotometric,
  type ColourCoding,
} from './photometric-interpretation.ts'
import { frameByteLength, numberOf, statedFormat, withColourByPixel } from './pixel-module.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'

/** The known properties of an instance's first frame. */
export interface FirstFrame {
  readonly frame: FrameIdentity
  /** Header of the stored frame. */
  readonly header: FrameHeader | undefined
  /** True if it is stored as it was imported. */
  readonly isAsImported: boolean
  readonly byteLength: number
  /** Properties of the decoded frame, if it was decoded. */
  readonly decoded: FrameFacts | undefined
  /** True if it matches a checksum of the document. */
  readonly isVerified: boolean
}

/** Options of {@link describePixels}. */
export interface DescriptionOptions {
  /** The attributes in the document. */
  readonly dataSet: DataSet
  readonly imported: ImportedPixels
  /** True if the frames are written decoded, false if as they are stored. */
  readonly isDecoded: boolean
  /** Receives a notice for each difference from the document. */
  readonly notices: Pick<NoticeCollector, 'add'>
}

const unseen: ColourCoding = { header: undefined, isAsImported: false }

/** Returns the attributes of decoded frames, as expected before the first frame is read. */
export function expectedDecoded(dataSet: DataSet): DataSet {
  return withColourByPixel(withPhotometric(dataSet, decodedPhotometric(photometricOf(dataSet), unseen)))
}

/**
 * Returns attributes that agree with the written pixels: contradictions corrected by the rule in docs/pixels.md, colour
 * described, and lossy compression declared.
 *
 * @throws {FrameMismatchError} if the frame contradicts the attributes and no checksum confirms it
 */
export function describePixels(first: FirstFrame, options: DescriptionOptions): DataSet {
  const { dataSet, imported, notices } = options
  const facts = first.decoded ?? factsOf(first.header)
  const isVerified = first.isVerified && confirmsSamples(first)
  const found = facts === undefined ? [] : corrections(dataSet, { ...first, isVerified, facts }, imported)
  for (const correction of found) notices.add(correctionNotice(correction))
  if (facts !== undefined) noticeSign(dataSet, facts, first, notices)
  const corrected = withColour(withCorrections(dataSet, found), first, options)
  const { header, byteLength } = first
  const uncompressedByteLength = header === undefined ? 0 : frameByteLength(statedFormat(corrected, first.frame))
  const declared = withLossyCompression(corrected, { header, byteLength, uncompressedByteLength })
  if (declared !== corrected) notices.add(lossNotice)
  return declared
}

const lossNotice = {
  code: 'LOSSY_COMPRESSION_DECLARED',
  tag: formatTag(tags.lossyImageCompression),
  message: 'the code streams are lossy, but LossyImageCompression did not say so; the file declares it',
} as const

/**
 * Returns whether the checksum also confirms the decoded samples. A checksum of the pixels does. A checksum of the
 * stored bytes does only if the header of the code stream can be read and compared.
 */
function confirmsSamples({ header, isAsImported }: FirstFrame): boolean {
  return !isAsImported || factsOf(header) !== undefined
}

function factsOf(header: FrameHeader | undefined): FrameFacts | undefined {
  return header === undefined || header.kind === 'jpeg-xl' ? undefined : header
}

function correctionNotice(correction: Correction): Parameters<NoticeCollector['add']>[0] {
  const message = `${inWords(correction)}; the file follows the frames`
  return { code: 'PIXEL_DESCRIPTION_CORRECTED', tag: formatTag(correction.tag), message }
}

/**
 * Adds a notice if the code stream has another sign than PixelRepresentation, which is kept. JPEG images do not state
 * their sign.
 */
function noticeSign(
  dataSet: DataSet,
  facts: FrameFacts,
  first: FirstFrame,
  notices: Pick<NoticeCollector, 'add'>,
): void {
  const isSigned = numberOf(dataSet, tags.pixelRepresentation) === 1
  if (isSigned === facts.isSigned || first.header?.kind === 'jpeg') return
  const tag = formatTag(tags.pixelRepresentation)
  notices.add({ code: 'PIXEL_DESCRIPTION_CORRECTED', tag, message: signInWords(facts) })
}

function withColour(dataSet: DataSet, first: FirstFrame, { isDecoded, notices }: DescriptionOptions): DataSet {
  const stated = photometricOf(dataSet)
  const actual = isDecoded ? decodedPhotometric(stated, first) : storedPhotometric(stated, first)
  if (stated !== undefined && actual !== undefined && meansOtherColours(stated, actual)) {
    const correction = { tag: tags.photometricInterpretation, keyword: 'PhotometricInterpretation', vr: 'CS' }
    notices.add(correctionNotice({ ...correction, stated, value: actual }))
  }
  const coloured = withPhotometric(dataSet, actual)
  // If the bytes of the frames are not recognised, their description is kept.
  return isDecoded || first.header !== undefined ? withColourByPixel(coloured) : coloured
}
