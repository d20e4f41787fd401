import {
  hevcM10P51,
  hevcMp51,
  htj2k,
  htj2kLosslessRpcl,
  jpeg2000,
  jpeg2000Lossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { frameContentType } from '../pixels/frame-storage.ts'
import { isOfRange } from './accept.ts'

export const octetStream = 'application/octet-stream'

/**
 * Media types that clients may request for a transfer syntax, in addition to the one of GetImageFrame (PS3.18 8.7.3.3).
 */
const otherMediaTypes: ReadonlyMap<string, readonly string[]> = new Map([
  [jpeg2000Lossless, ['image/jp2', 'image/j2c']],
  [jpeg2000, ['image/jp2']],
  [htj2kLosslessRpcl, ['image/jphc']],
  [htj2k, ['image/jph']],
  [hevcMp51, ['video/h265']],
  [hevcM10P51, ['video/h265']],
])

/**
 * Returns true if frames of a transfer syntax can be sent as a media type, which is in lower case and may be a range.
 */
export function isFrameMediaType(mediaType: string, transferSyntaxUid: string): boolean {
  const named = [frameContentType(transferSyntaxUid).toLowerCase(), ...(otherMediaTypes.get(transferSyntaxUid) ?? [])]
  if (mediaType.endsWith('*')) return [octetStream, ...named].some((one) => isOfRange(one, mediaType))
  return [octetStream, ...named].includes(mediaType)
}
