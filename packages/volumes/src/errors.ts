/** Why instances make no volume, or a volume no file. */
export type VolumeErrorCode =
  | 'VOLUME_NONE'
  | 'VOLUME_NOT_ONE'
  | 'VOLUME_GEOMETRY_MISSING'
  | 'VOLUME_GEOMETRY_INVALID'
  | 'VOLUME_GAP'
  | 'VOLUME_UNEVEN'
  | 'VOLUME_DOUBLED'
  | 'VOLUME_INCOMPLETE'
  | 'VOLUME_PIXELS_UNSUPPORTED'
  | 'VOLUME_FRAME_MISMATCH'
  | 'VOLUME_SEGMENTS_OVERLAP'
  | 'VOLUME_NOT_ENCODABLE'

/** The subject of a {@link VolumeError}. */
export interface VolumeErrorSubject {
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUids?: readonly string[] | undefined
}

/**
 * Thrown if instances do not make a volume with an affine, or if a format cannot hold the volume. Names series and instances by
 * their UIDs, and nothing of a patient.
 */
export class VolumeError extends Error {
  override readonly name = 'VolumeError'
  readonly code: VolumeErrorCode
  readonly seriesInstanceUid: string | undefined
  /** The instances that are the reason: all of them, also those that the message leaves out. */
  readonly sopInstanceUids: readonly string[]

  constructor(code: VolumeErrorCode, message: string, { seriesInstanceUid, sopInstanceUids = [] }: VolumeErrorSubject) {
    super(message)
    this.code = code
    this.seriesInstanceUid = seriesInstanceUid
    this.sopInstanceUids = [...new Set(sopInstanceUids)]
  }
}
