import {
  explicitVrBigEndian,
  htj2k,
  htj2kLossless,
  htj2kLosslessRpcl,
  jpeg2000,
  jpeg2000Lossless,
  jpegBaseline,
  jpegExtended,
  jpegFullProgression,
  jpegLossless,
  jpegLosslessSv1,
  jpegSpectralSelection,
  lookUpTransferSyntax,
  type TransferSyntax,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'

/** The input of a frame's CRC-32 in the metadata document: its decoded samples or its encoded bytes. */
export type ChecksumBasis = 'decoded' | 'encoded'

/**
 * Facts about frames that AHI stores in one transfer syntax. AHI's developer guide lists only some syntaxes. Frames in
 * others can still be encapsulated.
 */
export interface StoredSyntax extends Pick<TransferSyntax, 'uid' | 'isVideo' | 'isFragmentable'> {
  readonly checksumBasis: ChecksumBasis
  /** True if the frames are uncompressed little endian samples. */
  readonly isNative: boolean
  /** True if each frame can be written as one fragment of encapsulated Pixel Data (PS3.5 A.4). */
  readonly encapsulates: boolean
}

const decodedChecksums: ReadonlySet<string> = new Set([htj2kLossless, htj2kLosslessRpcl, jpeg2000Lossless])

/**
 * The transfer syntaxes that `@ahi-dicom/htj2k-decoder` decodes: HTJ2K, JPEG 2000, and JPEG with Huffman codes. Lossy
 * JPEG frames of 12 bits are in one of these syntaxes too, but do not decode.
 */
export const decodableTransferSyntaxes: ReadonlySet<string> = new Set([
  htj2kLossless,
  htj2kLosslessRpcl,
  htj2k,
  jpeg2000Lossless,
  jpeg2000,
  jpegBaseline,
  jpegExtended,
  jpegSpectralSelection,
  jpegFullProgression,
  jpegLossless,
  jpegLosslessSv1,
])

/** AHI's format for frames if the document names no syntax: the data store's `losslessStorageFormat`. */
export type LosslessStorageFormat = 'HTJ2K' | 'JPEG_2000_LOSSLESS'

/**
 * Returns the transfer syntax of a data store's lossless format.
 *
 * @example
 * import { losslessTransferSyntax } from '@ahi-dicom/dicomizer'
 *
 * console.log(losslessTransferSyntax('JPEG_2000_LOSSLESS')) // 1.2.840.10008.1.2.4.90
 */
export function losslessTransferSyntax(format: LosslessStorageFormat): string {
  return format === 'HTJ2K' ? htj2kLosslessRpcl : jpeg2000Lossless
}

/**
 * Returns facts about the stored syntax that a document states, or that a missing one stands for. Frames in an unknown
 * syntax can be neither decoded nor encapsulated, unless their bytes show another syntax.
 *
 * @example
 * import { storedSyntax } from '@ahi-dicom/dicomizer'
 *
 * const { isNative, encapsulates } = storedSyntax('1.2.840.10008.1.2.4.50', 'HTJ2K')
 * console.log(isNative, encapsulates) // false true
 */
export function storedSyntax(uid: string | undefined, format: LosslessStorageFormat): StoredSyntax {
  return syntaxOf(uid ?? losslessTransferSyntax(format))
}

/** Returns facts about frames that AHI stores in a transfer syntax. */
export function syntaxOf(uid: string): StoredSyntax {
  const known = lookUpTransferSyntax(uid)
  return {
    uid,
    checksumBasis: decodedChecksums.has(uid) ? 'decoded' : 'encoded',
    isNative: known?.isNative === true && uid !== explicitVrBigEndian,
    encapsulates: known?.isEncapsulated === true,
    isVideo: known?.isVideo === true,
    isFragmentable: known?.isFragmentable === true,
  }
}
