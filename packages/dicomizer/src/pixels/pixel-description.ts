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

/** The first frame of an instance, as far as it is known. */
export interface FirstFrame {
  readonly frame: FrameIdentity
  /** Of the frame as it is stored. */
  readonly header: FrameHeader | undefined
  /** Whether it is stored as it was imported. */
  readonly isAsImported: boolean
  readonly byteLength: number
  /** Of the decoded frame, where it was decoded. */
  readonly decoded: FrameFacts | undefined
  /** Whether a checksum of the document vouches for it. */
  readonly isVerified: boolean
}

/** What is described. */
export interface DescriptionOptions {
  /** The attributes of the document. */
  readonly dataSet: DataSet
  readonly imported: ImportedPixels
  /** Whether it is written decoded, or as it is stored. */
  readonly isDecoded: boolean
  /** Told of everything that is not as the document has it. */
  readonly notices: Pick<NoticeCollector, 'add'>
}

const unseen: ColourCoding = { header: undefined, isAsImported: false }

/** The attributes of decoded frames, before one of them was seen. */
export function expectedDecoded(dataSet: DataSet): DataSet {
  return withColourByPixel(withPhotometric(dataSet, decodedPhotometric(photometricOf(dataSet), unseen)))
}

/**
 * Makes attributes agree with the pixels that are written: the mismatch rule of docs/pixels.md, colour, and loss.
 *
 * @throws {FrameMismatchError} for a contradiction without a checksum that vouches for the frame
 */
export function describePixels(first: FirstFrame, options: DescriptionOptions): DataSet {
  const { dataSet, imported, notices } = options
  const facts = first.decoded ?? factsOf(first.header)
  const isVerified = first.isVerified && isVouchedFor(first)
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
  message: 'the code streams are compressed with loss and LossyImageCompression did not say so; it does in the file',
} as const

/**
 * A checksum of the bytes says nothing of what a decoder made of them: the header of the code stream has to say the
 * same. A checksum of the pixels is enough.
 */
function isVouchedFor({ header, isAsImported }: FirstFrame): boolean {
  return !isAsImported || factsOf(header) !== undefined
}

function factsOf(header: FrameHeader | undefined): FrameFacts | undefined {
  return header === undefined || header.kind === 'jpeg-xl' ? undefined : header
}

function correctionNotice(correction: Correction): Parameters<NoticeCollector['add']>[0] {
  const message = `${inWords(correction)}; the file follows the frames`
  return { code: 'PIXEL_DESCRIPTION_CORRECTED', tag: formatTag(correction.tag), message }
}

/** PixelRepresentation has its way, and JPEG images do not tell of signs. */
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
  // Frames whose bytes are not recognised are left as they are described.
  return isDecoded || first.header !== undefined ? withColourByPixel(coloured) : coloured
}
