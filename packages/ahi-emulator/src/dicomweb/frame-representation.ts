import { explicitVrLittleEndian, jpeg2000Lossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { acceptedRanges, type MediaRange } from './accept.ts'
import { octetStream, isFrameMediaType } from './frame-media-types.ts'

/** A form of frames that a client accepts. */
export interface FrameRepresentation {
  /** True for the parts of a multipart message, false for a single frame as the whole body. */
  readonly isMultipart: boolean
  /** Media type of each frame. */
  readonly mediaType: string
  readonly transferSyntaxUid: string
}

const jpeg2000Types = ['image/jp2', 'image/j2c']

/**
 * Returns the forms of frames that a client accepts, the preferred one first. `stored` is their stored transfer syntax.
 * Does not check that frames are available in these forms.
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

/**
 * Returns the media type of frames that a range requests: the `type` of a multipart message, or the range itself. The
 * range of all types requests a multipart message.
 */
function frameMediaType({ mediaType, parameters }: MediaRange): string {
  const isMultipart = ['multipart/related', 'multipart/*', '*/*'].includes(mediaType)
  return isMultipart ? (parameters.get('type')?.toLowerCase() ?? octetStream) : mediaType
}

/**
 * Returns the transfer syntax that a range requests. Uncompressed, unless the range names a transfer syntax or a codec.
 */
function transferSyntaxOf({ parameters }: MediaRange, mediaType: string, stored: string): string {
  const named = parameters.get('transfer-syntax')
  if (named !== undefined) return named === '*' ? stored : named
  if (mediaType === octetStream || mediaType.includes('*')) return explicitVrLittleEndian
  const isOther = jpeg2000Types.includes(mediaType) && !isFrameMediaType(mediaType, stored)
  return isOther ? jpeg2000Lossless : stored
}
