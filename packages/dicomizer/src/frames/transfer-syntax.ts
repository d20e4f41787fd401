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

/** What the CRC-32 of a frame in the metadata document is computed from. */
export type ChecksumBasis = 'decoded' | 'encoded'

/**
 * What is known of frames that AHI stores in one transfer syntax. AHI's developer guide describes data stores with some
 * of them alone; frames that are said to be in another one can be encapsulated all the same.
 */
export interface StoredSyntax extends Pick<TransferSyntax, 'uid' | 'isVideo' | 'isFragmentable'> {
  readonly checksumBasis: ChecksumBasis
  /** The frames are samples without compression, little endian. */
  readonly isNative: boolean
  /** Each frame can be written as one fragment of an encapsulated Pixel Data (PS3.5 A.4). */
  readonly encapsulates: boolean
}

const decodedChecksums: ReadonlySet<string> = new Set([htj2kLossless, htj2kLosslessRpcl, jpeg2000Lossless])

/**
 * The transfer syntaxes whose frames `@ahi-dicom/htj2k-decoder` decodes: HTJ2K, JPEG 2000, and JPEG with Huffman codes.
 * Those of JPEG may have frames that it does not decode, of 12 bits.
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

/** How AHI keeps frames whose stored syntax the document does not name (the data store's `losslessStorageFormat`). */
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
 * The stored syntax that a document states, or that its silence means. One that this package does not know can neither be
 * decoded nor encapsulated, unless the bytes of a frame turn out to be of another.
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

/** What can be done with frames in a syntax. */
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
