import { frameContentType } from '../pixels/frame-storage.ts'
import { isOfRange } from './accept.ts'

export const octetStream = 'application/octet-stream'

/** Media types that clients name for the codecs of transfer syntaxes, besides those of GetImageFrame (PS3.18 8.7.3.3). */
const otherMediaTypes: Readonly<Record<string, readonly string[]>> = {
  '1.2.840.10008.1.2.4.90': ['image/jp2', 'image/j2c'],
  '1.2.840.10008.1.2.4.91': ['image/jp2'],
  '1.2.840.10008.1.2.4.202': ['image/jphc'],
  '1.2.840.10008.1.2.4.203': ['image/jph'],
  '1.2.840.10008.1.2.4.107': ['video/h265'],
  '1.2.840.10008.1.2.4.108': ['video/h265'],
}

/** Whether frames of a transfer syntax may be called a media type, in lower case, which may be a range. */
export function isFrameMediaType(mediaType: string, transferSyntaxUid: string): boolean {
  const named = [frameContentType(transferSyntaxUid).toLowerCase(), ...(otherMediaTypes[transferSyntaxUid] ?? [])]
  if (mediaType.endsWith('*')) return [octetStream, ...named].some((one) => isOfRange(one, mediaType))
  return [octetStream, ...named].includes(mediaType)
}
