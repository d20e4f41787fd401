import type { DataSet } from '../data-set/data-set.ts'
import type { FrameReader } from '../frames/frame-reader.ts'
import type { ExpectedFrames } from './expected-frames.ts'
import type { FrameLayout } from './frame-layout.ts'
import { numberOf, type PixelFormat } from '../pixels/pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { explicitVrBigEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { StoredSyntax } from '../frames/transfer-syntax.ts'

/**
 * What of the frames of a whole instance the checksums of the metadata document are comparable with: the bytes in the
 * file, the pixels that they decode to, or nothing.
 */
export type FrameComparison = 'bytes' | 'pixels' | 'none'

/** A file against the frames that AHI holds. */
export interface ComparisonSubject {
  readonly layout: FrameLayout | undefined
  /** Of the file. */
  readonly transferSyntaxUid: string
  readonly dataSet: DataSet
  readonly expected: ExpectedFrames
  /** Of the frames in AHI. */
  readonly stored: StoredSyntax
  readonly decoder: WholeFrameDecoder | undefined
}

/** Decodes frames whose bytes are there. */
export type WholeFrameDecoder = Pick<FrameReader, 'decodes'> & { readonly decode: NonNullable<FrameReader['decode']> }

/** Decides how the frames in a file can be compared. */
export function frameComparison(subject: ComparisonSubject): FrameComparison {
  const { layout, transferSyntaxUid, expected, stored } = subject
  if (layout === undefined || layout.frames !== expected.frames.length) return 'none'
  const isDecoded = expected.checksumBasis === 'decoded'
  if (layout.kind === 'native') {
    if (transferSyntaxUid === explicitVrBigEndian) return 'none'
    const isComparable = isDecoded ? isAsDecoded(layout.format, subject.dataSet) : isAsStored(layout, stored)
    return isComparable ? 'bytes' : 'none'
  }
  if (!isDecoded) return transferSyntaxUid === stored.uid ? 'bytes' : 'none'
  return subject.decoder?.decodes(transferSyntaxUid) === true ? 'pixels' : 'none'
}

/** AHI's checksums are over colour by pixel, and over samples as wide as their precision needs. */
function isAsDecoded({ samplesPerPixel, bitsAllocated }: PixelFormat, dataSet: DataSet): boolean {
  const bitsStored = numberOf(dataSet, tags.bitsStored) ?? bitsAllocated
  const isByPixel = samplesPerPixel === 1 || (numberOf(dataSet, tags.planarConfiguration) ?? 0) === 0
  return isByPixel && Math.ceil(bitsStored / 8) * 8 === bitsAllocated
}

/** Frames that AHI keeps uncompressed begin at bytes of their own. */
function isAsStored(
  { bitsPerFrame, frames }: FrameLayout & { readonly kind: 'native' },
  stored: StoredSyntax,
): boolean {
  return stored.isNative && (frames === 1 || bitsPerFrame % 8 === 0)
}
