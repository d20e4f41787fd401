import { explicitVrLittleEndian, jpeg2000Lossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { acceptedRanges, type MediaRange } from './accept.ts'
import { octetStream, isFrameMediaType } from './frame-media-types.ts'

/** A form in which a client takes frames. */
export interface FrameRepresentation {
  /** Parts of a multipart message, or the one frame that was asked for by itself. */
  readonly isMultipart: boolean
  /** Of a frame. */
  readonly mediaType: string
  readonly transferSyntaxUid: string
}

const jpeg2000Types = ['image/jp2', 'image/j2c']

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
    return [{ isMultipart, mediaType: mediaType.includes('*') ? octetStream : mediaType, transferSyntaxUid }]
  })
}

/** What a range says of a frame: the `type` of a multipart message, or itself. Whoever takes everything gets parts. */
function frameMediaType({ mediaType, parameters }: MediaRange): string {
  const isMultipart = ['multipart/related', 'multipart/*', '*/*'].includes(mediaType)
  return isMultipart ? (parameters.get('type')?.toLowerCase() ?? octetStream) : mediaType
}

/** Uncompressed unless the range names another syntax, or a codec. */
function transferSyntaxOf({ parameters }: MediaRange, mediaType: string, stored: string): string {
  const named = parameters.get('transfer-syntax')
  if (named !== undefined) return named === '*' ? stored : named
  if (mediaType === octetStream || mediaType.includes('*')) return explicitVrLittleEndian
  const isOther = jpeg2000Types.includes(mediaType) && !isFrameMediaType(mediaType, stored)
  return isOther ? jpeg2000Lossless : stored
}
