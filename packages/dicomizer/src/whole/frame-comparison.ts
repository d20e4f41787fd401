import type { DataSet } from '../data-set/data-set.ts'
import type { FrameReader } from '../frames/frame-reader.ts'
import type { ExpectedFrames } from './expected-frames.ts'
import type { FrameLayout } from './frame-layout.ts'
import { numberOf, type PixelFormat } from '../pixels/pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { explicitVrBigEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { StoredSyntax } from '../frames/transfer-syntax.ts'

/**
 * The data to compare with the checksums of the metadata document: the bytes of a frame in the file, its decoded
 * pixels, or nothing.
 */
export type FrameComparison = 'bytes' | 'pixels' | 'none'

/** A file and the frames that AHI stores. */
export interface ComparisonSubject {
  readonly layout: FrameLayout | undefined
  /** Transfer syntax of the file. */
  readonly transferSyntaxUid: string
  readonly dataSet: DataSet
  readonly expected: ExpectedFrames
  /** Transfer syntax of the frames in AHI. */
  readonly stored: StoredSyntax
  readonly decoder: WholeFrameDecoder | undefined
}

/** Decodes frames that are already in memory. */
export type WholeFrameDecoder = Pick<FrameReader, 'decodes'> & { readonly decode: NonNullable<FrameReader['decode']> }

/** Returns how the frames of a file can be compared with their checksums. */
export function frameComparison(subject: ComparisonSubject): FrameComparison {
  const { layout, transferSyntaxUid, expected, stored } = subject
  if (layout === undefined || layout.frames !== expected.frames.length) return 'none'
  const isDecoded = expected.checksumBasis === 'decoded'
  if (layout.kind === 'native') {
    if (transferSyntaxUid === explicitVrBigEndian) return 'none'
    const isComparable = isDecoded ? hasDecodedForm(layout.format, subject.dataSet) : hasStoredForm(layout, stored)
    return isComparable ? 'bytes' : 'none'
  }
  if (!isDecoded) return transferSyntaxUid === stored.uid ? 'bytes' : 'none'
  return subject.decoder?.decodes(transferSyntaxUid) === true ? 'pixels' : 'none'
}

/**
 * Returns whether the samples in the file have the form of AHI's checksums: colour by pixel, and only as wide as their
 * precision needs.
 */
function hasDecodedForm({ samplesPerPixel, bitsAllocated }: PixelFormat, dataSet: DataSet): boolean {
  const bitsStored = numberOf(dataSet, tags.bitsStored) ?? bitsAllocated
  const isByPixel = samplesPerPixel === 1 || (numberOf(dataSet, tags.planarConfiguration) ?? 0) === 0
  return isByPixel && Math.ceil(bitsStored / 8) * 8 === bitsAllocated
}

/** Returns whether the frames in the file have the form of AHI's uncompressed frames: each begins at a whole byte. */
function hasStoredForm(
  { bitsPerFrame, frames }: FrameLayout & { readonly kind: 'native' },
  stored: StoredSyntax,
): boolean {
  return stored.isNative && (frames === 1 || bitsPerFrame % 8 === 0)
}
