import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  htj2k,
  htj2kLossless,
  htj2kLosslessRpcl,
  implicitVrLittleEndian,
  jpeg2000,
  jpeg2000Lossless,
  jpegBaseline,
  jpegExtended,
  jpegLossless,
  jpegLosslessSv1,
  jpegLsLossless,
  jpegLsNearLossless,
  jpegXl,
  lookUpTransferSyntax,
  rleLossless,
  type CodeStream,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'

/** How AHI stores the frames of a transfer syntax (developer guide, table of supported transfer syntaxes). */
export type FrameStorage =
  /** Decoded, then encoded in the data store's lossless format. */
  | 'transcoded'
  /** Each frame as it was imported. */
  | 'frame as imported'
  /** The pixel data of the instance as one object, for video. */
  | 'object as imported'

/** AHI also accepts JPEG 2000 multi-component. The emulator has no codec for it. */
const storageBySyntax: Readonly<Record<string, FrameStorage>> = {
  [implicitVrLittleEndian]: 'transcoded',
  [explicitVrLittleEndian]: 'transcoded',
  [deflatedExplicitVrLittleEndian]: 'transcoded',
  [explicitVrBigEndian]: 'transcoded',
  [jpegExtended]: 'transcoded',
  [jpegLossless]: 'transcoded',
  [jpegLosslessSv1]: 'transcoded',
  [jpegLsLossless]: 'transcoded',
  [jpegLsNearLossless]: 'transcoded',
  [jpeg2000Lossless]: 'transcoded',
  [htj2kLossless]: 'transcoded',
  [htj2kLosslessRpcl]: 'transcoded',
  [rleLossless]: 'transcoded',
  [jpegBaseline]: 'frame as imported',
  [jpeg2000]: 'frame as imported',
  [jpegXl]: 'frame as imported',
  [htj2k]: 'frame as imported',
}

const contentTypes: Readonly<Record<string, string>> = {
  [jpegBaseline]: 'image/jpeg',
  [jpeg2000]: 'image/j2c',
  [jpegXl]: 'image/jxl',
  [htj2kLosslessRpcl]: 'image/jph',
  [htj2k]: 'image/jphc',
}

/** The service spells `video/H256` this way. */
const videoContentTypes: Partial<Readonly<Record<CodeStream, string>>> = {
  mpeg2: 'video/mpeg',
  h264: 'video/mp4',
  hevc: 'video/H256',
}

/** Returns how frames of a transfer syntax are stored, or `undefined` if its pixel data is not supported. */
export function frameStorage(transferSyntaxUid: string): FrameStorage | undefined {
  const isVideo = lookUpTransferSyntax(transferSyntaxUid)?.isVideo === true
  if (isVideo) return 'object as imported'
  return Object.hasOwn(storageBySyntax, transferSyntaxUid) ? storageBySyntax[transferSyntaxUid] : undefined
}

/** Returns the Content-Type of GetImageFrame for frames stored in a transfer syntax. */
export function frameContentType(storedTransferSyntaxUid: string): string {
  const codeStream = lookUpTransferSyntax(storedTransferSyntaxUid)?.codeStream
  const ofVideo = codeStream === undefined ? undefined : videoContentTypes[codeStream]
  const named = Object.hasOwn(contentTypes, storedTransferSyntaxUid) ? contentTypes[storedTransferSyntaxUid] : undefined
  return ofVideo ?? named ?? 'application/octet-stream'
}
