import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'

/** How AHI stores the frames of a transfer syntax, by the developer guide's table of supported transfer syntaxes. */
export type FrameStorage =
  /** Decoded, and encoded again in the data store's lossless format. */
  | 'transcoded'
  /** Every frame as it was encoded. */
  | 'frame as imported'
  /** The pixel data of the instance as one object: video. */
  | 'object as imported'

/** 1-bit segmentations of this syntax are kept as they are. */
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1'
/** The lossless format of a data store that names none. */
export const htj2kLosslessRpcl = '1.2.840.10008.1.2.4.202'
/** The other lossless format of a data store. */
export const jpeg2000Lossless = '1.2.840.10008.1.2.4.90'

const dicomRoot = '1.2.840.10008'

/** By the UID without the root of DICOM. JPEG 2000 multi-component (.92, .93), which AHI takes, has no codec here. */
const storageBySyntax: Readonly<Record<string, FrameStorage>> = {
  '1.2': 'transcoded',
  '1.2.1': 'transcoded',
  '1.2.1.99': 'transcoded',
  '1.2.2': 'transcoded',
  '1.2.4.51': 'transcoded',
  '1.2.4.57': 'transcoded',
  '1.2.4.70': 'transcoded',
  '1.2.4.80': 'transcoded',
  '1.2.4.81': 'transcoded',
  '1.2.4.90': 'transcoded',
  '1.2.4.201': 'transcoded',
  '1.2.4.202': 'transcoded',
  '1.2.5': 'transcoded',
  '1.2.4.50': 'frame as imported',
  '1.2.4.91': 'frame as imported',
  '1.2.4.112': 'frame as imported',
  '1.2.4.203': 'frame as imported',
}

/** MPEG-2, H.264 and HEVC, the fragmentable ones (`.1`) included. */
const videoSyntaxes = /^1\.2\.4\.10(?:[0-6](?:\.1)?|7|8)$/

const contentTypes: Readonly<Record<string, string>> = {
  '1.2.1': 'application/octet-stream',
  '1.2.4.50': 'image/jpeg',
  '1.2.4.91': 'image/j2c',
  '1.2.4.112': 'image/jxl',
  '1.2.4.202': 'image/jph',
  '1.2.4.203': 'image/jphc',
}

/** The transfer syntax of a data store's lossless format. */
export function losslessTransferSyntax(format: LosslessStorageFormat): string {
  return format === 'HTJ2K' ? htj2kLosslessRpcl : jpeg2000Lossless
}

/** `undefined` for a transfer syntax that cannot be imported with pixel data. */
export function frameStorage(transferSyntaxUid: string): FrameStorage | undefined {
  const key = withoutRoot(transferSyntaxUid)
  return videoSyntaxes.test(key) ? 'object as imported' : storageBySyntax[key]
}

/** The Content-Type of GetImageFrame for frames stored in a transfer syntax. */
export function frameContentType(storedTransferSyntaxUid: string): string {
  const key = withoutRoot(storedTransferSyntaxUid)
  if (videoSyntaxes.test(key)) return videoContentType(key)
  return contentTypes[key] ?? 'application/octet-stream'
}

/** `video/H256` is how the service spells it. */
function videoContentType(key: string): string {
  if (/10[01](?:\.1)?$/.test(key)) return 'video/mpeg'
  return /10[78]$/.test(key) ? 'video/H256' : 'video/mp4'
}

function withoutRoot(transferSyntaxUid: string): string {
  return transferSyntaxUid.startsWith(`${dicomRoot}.`) ? transferSyntaxUid.slice(dicomRoot.length + 1) : ''
}
