import { EXPLICIT_VR_LITTLE_ENDIAN, JPEG_2000_LOSSLESS } from '../pixels/frame-storage.ts'
import { acceptedRanges } from './accept.ts'
import type { MediaRange } from './accept.ts'
import { OCTET_STREAM, isFrameMediaType } from './frame-media-types.ts'

/** A form in which a client takes frames. */
export interface FrameRepresentation {
  /** Parts of a multipart message, or the one frame that was asked for by itself. */
  readonly isMultipart: boolean
  /** Of a frame. */
  readonly mediaType: string
  readonly transferSyntaxUid: string
}

const JPEG_2000_TYPES = ['image/jp2', 'image/j2c']

/**
 * The forms in which a client takes frames that are stored in a transfer syntax, the one it likes best first. Whether
 * frames are to be had in the transfer syntax is not looked at.
 */
export function frameRepresentations(
  accept: string | undefined,
  { stored, isOneFrame }: { readonly stored: string; readonly isOneFrame: boolean },
): FrameRepresentation[] {
  return acceptedRanges(accept).flatMap((range): FrameRepresentation[] => {
    const mediaType = frameMediaType(range)
    const isMultipart = mediaType !== range.mediaType
    if (!isMultipart && !isOneFrame) return []
    const transferSyntaxUid = transferSyntaxOf(range, mediaType, stored)
    if (!isFrameMediaType(mediaType, transferSyntaxUid)) return []
    return [{ isMultipart, mediaType: mediaType.includes('*') ? OCTET_STREAM : mediaType, transferSyntaxUid }]
  })
}

/** What a range says of a frame: the `type` of a multipart message, or itself. Whoever takes everything gets parts. */
function frameMediaType({ mediaType, parameters }: MediaRange): string {
  const isMultipart = ['multipart/related', 'multipart/*', '*/*'].includes(mediaType)
  return isMultipart ? (parameters.get('type')?.toLowerCase() ?? OCTET_STREAM) : mediaType
}

/** Uncompressed unless the range names another syntax, or a codec. */
function transferSyntaxOf({ parameters }: MediaRange, mediaType: string, stored: string): string {
  const named = parameters.get('transfer-syntax')
  if (named !== undefined) return named === '*' ? stored : named
  if (mediaType === OCTET_STREAM || mediaType.includes('*')) return EXPLICIT_VR_LITTLE_ENDIAN
  const isOther = JPEG_2000_TYPES.includes(mediaType) && !isFrameMediaType(mediaType, stored)
  return isOther ? JPEG_2000_LOSSLESS : stored
}
