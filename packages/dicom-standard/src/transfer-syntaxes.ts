/**
 * The transfer syntaxes of PS3.6 Table A-1: UIDs of the common ones, and properties of all.
 * @module
 */
export const implicitVrLittleEndian = '1.2.840.10008.1.2'
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1'
export const deflatedExplicitVrLittleEndian = '1.2.840.10008.1.2.1.99'
/** Retired, but files with it still exist. */
export const explicitVrBigEndian = '1.2.840.10008.1.2.2'
export const jpegBaseline = '1.2.840.10008.1.2.4.50'
export const jpegExtended = '1.2.840.10008.1.2.4.51'
/** Retired, as are all below up to {@link jpegLosslessHierarchicalArithmetic}, except {@link jpegLossless}. */
export const jpegExtendedArithmetic = '1.2.840.10008.1.2.4.52'
export const jpegSpectralSelection = '1.2.840.10008.1.2.4.53'
export const jpegSpectralSelectionArithmetic = '1.2.840.10008.1.2.4.54'
export const jpegFullProgression = '1.2.840.10008.1.2.4.55'
export const jpegFullProgressionArithmetic = '1.2.840.10008.1.2.4.56'
export const jpegLossless = '1.2.840.10008.1.2.4.57'
export const jpegLosslessArithmetic = '1.2.840.10008.1.2.4.58'
export const jpegExtendedHierarchical = '1.2.840.10008.1.2.4.59'
export const jpegExtendedHierarchicalArithmetic = '1.2.840.10008.1.2.4.60'
export const jpegSpectralSelectionHierarchical = '1.2.840.10008.1.2.4.61'
export const jpegSpectralSelectionHierarchicalArithmetic = '1.2.840.10008.1.2.4.62'
export const jpegFullProgressionHierarchical = '1.2.840.10008.1.2.4.63'
export const jpegFullProgressionHierarchicalArithmetic = '1.2.840.10008.1.2.4.64'
export const jpegLosslessHierarchical = '1.2.840.10008.1.2.4.65'
export const jpegLosslessHierarchicalArithmetic = '1.2.840.10008.1.2.4.66'
export const jpegLosslessSv1 = '1.2.840.10008.1.2.4.70'
export const jpegLsLossless = '1.2.840.10008.1.2.4.80'
export const jpegLsNearLossless = '1.2.840.10008.1.2.4.81'
export const jpeg2000Lossless = '1.2.840.10008.1.2.4.90'
export const jpeg2000 = '1.2.840.10008.1.2.4.91'
export const mpeg4Hp41 = '1.2.840.10008.1.2.4.102'
export const mpeg4Hp41F = '1.2.840.10008.1.2.4.102.1'
export const hevcMp51 = '1.2.840.10008.1.2.4.107'
export const hevcM10P51 = '1.2.840.10008.1.2.4.108'
export const jpegXl = '1.2.840.10008.1.2.4.112'
export const htj2kLossless = '1.2.840.10008.1.2.4.201'
export const htj2kLosslessRpcl = '1.2.840.10008.1.2.4.202'
export const htj2k = '1.2.840.10008.1.2.4.203'
export const rleLossless = '1.2.840.10008.1.2.5'

/** The compression of the frames. */
export type CodeStream =
  | 'jpeg'
  | 'jpeg-ls'
  | 'jpeg2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'rle'
  | 'deflate'
  | 'mpeg2'
  | 'h264'
  | 'hevc'

/**
 * The properties of a transfer syntax by PS3.5 and PS3.6. If the pixels are outside the data set, it is neither native
 * nor encapsulated.
 */
export interface TransferSyntax {
  readonly uid: string
  /** Name in PS3.6, up to the colon. */
  readonly name: string
  /** True if Pixel Data is uncompressed samples, frame after frame (PS3.5 8.1). */
  readonly isNative: boolean
  /** True if Pixel Data is in fragments (PS3.5 A.4). */
  readonly isEncapsulated: boolean
  /** True if all frames are in one object, whatever NumberOfFrames is. */
  readonly isVideo: boolean
  /** True if a long object may be split into several fragments. */
  readonly isFragmentable: boolean
  /** True if the whole data set is deflated (PS3.5 A.5). */
  readonly isDeflated: boolean
  /** True if only lossless compression is allowed. Other syntaxes allow both. */
  readonly isLossless: boolean
  /** Compression of the frames. `undefined` if they are uncompressed or outside the data set. */
  readonly codeStream: CodeStream | undefined
}

type Facts = Omit<TransferSyntax, 'uid' | 'name'>

const elsewhere: Facts = {
  isNative: false,
  isEncapsulated: false,
  isVideo: false,
  isFragmentable: false,
  isDeflated: false,
  isLossless: false,
  codeStream: undefined,
}
const native: Facts = { ...elsewhere, isNative: true, isLossless: true }

function lossyOrNot(codeStream?: CodeStream): Facts {
  return { ...elsewhere, isEncapsulated: true, codeStream }
}

function lossless(codeStream?: CodeStream): Facts {
  return { ...lossyOrNot(codeStream), isLossless: true }
}

function video(codeStream: CodeStream): Facts {
  return { ...lossyOrNot(codeStream), isVideo: true }
}

function fragmentable(codeStream: CodeStream): Facts {
  return { ...video(codeStream), isFragmentable: true }
}

function deflated(facts: Facts): Facts {
  return { ...facts, isDeflated: true }
}

const rows: readonly (readonly [uid: string, name: string, Facts])[] = [
  [implicitVrLittleEndian, 'Implicit VR Little Endian', native],
  [explicitVrLittleEndian, 'Explicit VR Little Endian', native],
  ['1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', lossless()],
  [deflatedExplicitVrLittleEndian, 'Deflated Explicit VR Little Endian', deflated(native)],
  [explicitVrBigEndian, 'Explicit VR Big Endian', native],
  [jpegBaseline, 'JPEG Baseline (Process 1)', lossyOrNot('jpeg')],
  [jpegExtended, 'JPEG Extended (Process 2 and 4)', lossyOrNot('jpeg')],
  [jpegExtendedArithmetic, 'JPEG Extended (Process 3 and 5)', lossyOrNot('jpeg')],
  [jpegSpectralSelection, 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)', lossyOrNot('jpeg')],
  [jpegSpectralSelectionArithmetic, 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)', lossyOrNot('jpeg')],
  [jpegFullProgression, 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)', lossyOrNot('jpeg')],
  [jpegFullProgressionArithmetic, 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13)', lossyOrNot('jpeg')],
  [jpegLossless, 'JPEG Lossless, Non-Hierarchical (Process 14)', lossless('jpeg')],
  [jpegLosslessArithmetic, 'JPEG Lossless, Non-Hierarchical (Process 15)', lossless('jpeg')],
  [jpegExtendedHierarchical, 'JPEG Extended, Hierarchical (Process 16 and 18)', lossyOrNot('jpeg')],
  [jpegExtendedHierarchicalArithmetic, 'JPEG Extended, Hierarchical (Process 17 and 19)', lossyOrNot('jpeg')],
  [jpegSpectralSelectionHierarchical, 'JPEG Spectral Selection, Hierarchical (Process 20 and 22)', lossyOrNot('jpeg')],
  [
    jpegSpectralSelectionHierarchicalArithmetic,
    'JPEG Spectral Selection, Hierarchical (Process 21 and 23)',
    lossyOrNot('jpeg'),
  ],
  [jpegFullProgressionHierarchical, 'JPEG Full Progression, Hierarchical (Process 24 and 26)', lossyOrNot('jpeg')],
  [
    jpegFullProgressionHierarchicalArithmetic,
    'JPEG Full Progression, Hierarchical (Process 25 and 27)',
    lossyOrNot('jpeg'),
  ],
  [jpegLosslessHierarchical, 'JPEG Lossless, Hierarchical (Process 28)', lossless('jpeg')],
  [jpegLosslessHierarchicalArithmetic, 'JPEG Lossless, Hierarchical (Process 29)', lossless('jpeg')],
  [
    jpegLosslessSv1,
    'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])',
    lossless('jpeg'),
  ],
  [jpegLsLossless, 'JPEG-LS Lossless Image Compression', lossless('jpeg-ls')],
  [jpegLsNearLossless, 'JPEG-LS Lossy (Near-Lossless) Image Compression', lossyOrNot('jpeg-ls')],
  [jpeg2000Lossless, 'JPEG 2000 Image Compression (Lossless Only)', lossless('jpeg2000')],
  [jpeg2000, 'JPEG 2000 Image Compression', lossyOrNot('jpeg2000')],
  [
    '1.2.840.10008.1.2.4.92',
    'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)',
    lossless('jpeg2000'),
  ],
  ['1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2 Multi-component Image Compression', lossyOrNot('jpeg2000')],
  ['1.2.840.10008.1.2.4.94', 'JPIP Referenced', elsewhere],
  ['1.2.840.10008.1.2.4.95', 'JPIP Referenced Deflate', deflated(elsewhere)],
  ['1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level', video('mpeg2')],
  ['1.2.840.10008.1.2.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', fragmentable('mpeg2')],
  ['1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level', video('mpeg2')],
  ['1.2.840.10008.1.2.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', fragmentable('mpeg2')],
  [mpeg4Hp41, 'MPEG-4 AVC/H.264 High Profile / Level 4.1', video('h264')],
  [mpeg4Hp41F, 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', fragmentable('h264')],
  ['1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', video('h264')],
  [
    '1.2.840.10008.1.2.4.103.1',
    'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
    fragmentable('h264'),
  ],
  ['1.2.840.10008.1.2.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', video('h264')],
  [
    '1.2.840.10008.1.2.4.104.1',
    'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video',
    fragmentable('h264'),
  ],
  ['1.2.840.10008.1.2.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', video('h264')],
  [
    '1.2.840.10008.1.2.4.105.1',
    'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video',
    fragmentable('h264'),
  ],
  ['1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', video('h264')],
  ['1.2.840.10008.1.2.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', fragmentable('h264')],
  [hevcMp51, 'HEVC/H.265 Main Profile / Level 5.1', video('hevc')],
  [hevcM10P51, 'HEVC/H.265 Main 10 Profile / Level 5.1', video('hevc')],
  ['1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', lossless('jpeg-xl')],
  ['1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', lossyOrNot('jpeg-xl')],
  [jpegXl, 'JPEG XL', lossyOrNot('jpeg-xl')],
  [htj2kLossless, 'High-Throughput JPEG 2000 Image Compression (Lossless Only)', lossless('htj2k')],
  [
    htj2kLosslessRpcl,
    'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)',
    lossless('htj2k'),
  ],
  [htj2k, 'High-Throughput JPEG 2000 Image Compression', lossyOrNot('htj2k')],
  ['1.2.840.10008.1.2.4.204', 'JPIP HTJ2K Referenced', elsewhere],
  ['1.2.840.10008.1.2.4.205', 'JPIP HTJ2K Referenced Deflate', deflated(elsewhere)],
  [rleLossless, 'RLE Lossless', lossless('rle')],
  ['1.2.840.10008.1.2.6.1', 'RFC 2557 MIME encapsulation', elsewhere],
  ['1.2.840.10008.1.2.6.2', 'XML Encoding', elsewhere],
  ['1.2.840.10008.1.2.7.1', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', elsewhere],
  ['1.2.840.10008.1.2.7.2', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', elsewhere],
  ['1.2.840.10008.1.2.7.3', 'SMPTE ST 2110-30 PCM Digital Audio', elsewhere],
  ['1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression', lossless('deflate')],
  ['1.2.840.10008.1.20', 'Papyrus 3 Implicit VR Little Endian', elsewhere],
]

const syntaxes: ReadonlyMap<string, TransferSyntax> = new Map(
  rows.map(([uid, name, facts]) => [uid, { uid, name, ...facts }]),
)

/**
 * Returns the properties of a transfer syntax. `undefined` if the UID is not a transfer syntax.
 *
 * @example
 * import { htj2kLosslessRpcl, lookUpTransferSyntax } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
 *
 * console.log(lookUpTransferSyntax(htj2kLosslessRpcl)?.isLossless) // true
 */
export function lookUpTransferSyntax(uid: string): TransferSyntax | undefined {
  return syntaxes.get(uid)
}

/** Encoding of the elements of a data set (PS3.5 7.1). */
export interface ElementEncoding {
  readonly isExplicit: boolean
  readonly isLittleEndian: boolean
}

/** Encoding of the data set of a file. */
export interface DataSetEncoding extends ElementEncoding {
  readonly isDeflated: boolean
}

/**
 * Returns the encoding of data sets with a transfer syntax, which is Explicit VR Little Endian for all but a few (PS3.5
 * A).
 *
 * @example
 * import { dataSetEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
 *
 * console.log(dataSetEncoding('1.2.840.10008.1.2').isExplicit) // false
 */
export function dataSetEncoding(uid: string): DataSetEncoding {
  return {
    isExplicit: uid !== implicitVrLittleEndian,
    isLittleEndian: uid !== explicitVrBigEndian,
    isDeflated: syntaxes.get(uid)?.isDeflated ?? false,
  }
}
