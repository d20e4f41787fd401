/**
 * What can go wrong with one instance. Every error carries the identifiers that are known and a `code` to branch on.
 * @module
 */

/** Which instance an error is about. */
export interface InstanceIdentity {
  readonly datastoreId?: string | undefined
  readonly imageSetId?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

/** Which frame of which instance an error is about. */
export interface FrameIdentity extends InstanceIdentity {
  /** `undefined` for a frame that came with its whole instance and that the image set does not have. */
  readonly imageFrameId: string | undefined
  /** Zero-based. */
  readonly frameIndex: number
}

abstract class InstanceError extends Error {
  readonly datastoreId: string | undefined
  readonly imageSetId: string | undefined
  readonly sopInstanceUid: string | undefined
  /** Whether reading again may succeed: damage that came on the way. */
  readonly retryable: boolean = false

  constructor(message: string, identity: InstanceIdentity, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.datastoreId = identity.datastoreId
    this.imageSetId = identity.imageSetId
    this.sopInstanceUid = identity.sopInstanceUid
  }
}

abstract class FrameError extends InstanceError {
  /** `undefined` for a frame that came with its whole instance and that the image set does not have. */
  readonly imageFrameId: string | undefined
  /** Zero-based. */
  readonly frameIndex: number

  constructor(message: string, frame: FrameIdentity, cause?: unknown) {
    super(message, frame, cause)
    this.imageFrameId = frame.imageFrameId
    this.frameIndex = frame.frameIndex
  }
}

/** The bytes of a frame are not those that AHI computed its checksum from. Fetch again; if it stays, the data is bad. */
export class FrameChecksumError extends FrameError {
  override readonly name = 'FrameChecksumError'
  readonly code = 'FRAME_CHECKSUM_MISMATCH'
  /** CRC-32 of the metadata document. */
  readonly expected: number
  /** CRC-32 of what was received. */
  readonly actual: number

  constructor(frame: FrameIdentity, checksums: { readonly expected: number; readonly actual: number }) {
    const { expected, actual } = checksums
    super(
      `Cannot verify ${frameName(frame)}: its CRC-32 is ${actual}, the metadata document has ${expected}; export the instance again`,
      frame,
    )
    this.expected = expected
    this.actual = actual
  }
}

/** The frame reader has no such frame. The image set may have changed since its metadata was read: read it again. */
export class FrameMissingError extends FrameError {
  override readonly name = 'FrameMissingError'
  readonly code = 'FRAME_MISSING'

  constructor(frame: FrameIdentity, cause?: unknown) {
    super(
      `Cannot get ${frameName(frame)}: AHI does not have it; read the metadata of the image set again`,
      frame,
      cause,
    )
  }
}

/** The frame's bytes are no image that the decoder reads. `cause` has the decoder's error. */
export class FrameDecodeError extends FrameError {
  override readonly name = 'FrameDecodeError'
  readonly code = 'FRAME_UNDECODABLE'

  constructor(frame: FrameIdentity, cause: unknown) {
    super(
      `Cannot decode ${frameName(frame)}: ${reasonOf(cause)}; export it with the transfer syntax \`stored\``,
      frame,
      cause,
    )
  }
}

/** The frames are not what the attributes say: size, samples per pixel, depth, sign or number of frames. */
export class FrameMismatchError extends InstanceError {
  override readonly name = 'FrameMismatchError'
  readonly code = 'FRAME_MISMATCH'
  readonly imageFrameId: string | undefined

  constructor(identity: InstanceIdentity & { readonly imageFrameId?: string | undefined }, why: string) {
    super(
      `Cannot write the pixels of ${instanceName(identity)}: ${why}; the metadata and the frames disagree`,
      identity,
    )
    this.imageFrameId = identity.imageFrameId
  }
}

/** AHI keeps the frames in a transfer syntax that cannot be written as asked. */
export class UnsupportedTransferSyntaxError extends InstanceError {
  override readonly name = 'UnsupportedTransferSyntaxError'
  readonly code = 'TRANSFER_SYNTAX_UNSUPPORTED'
  /** Of the frames in AHI. */
  readonly transferSyntaxUid: string

  /** `failure` is why the first frame does not decode, if a decoder took it. */
  constructor(
    identity: InstanceIdentity,
    transferSyntaxUid: string,
    wanted: 'explicit' | 'stored' | 'pixels',
    failure?: unknown,
  ) {
    const name = instanceName(identity)
    const why = failure === undefined ? `nothing here decodes ${transferSyntaxUid}` : `frame 1: ${reasonOf(failure)}`
    super(
      wanted === 'pixels'
        ? `Cannot decode frames of ${name}: ${why}; export the DICOM file, which has them as they are stored`
        : `Cannot write ${name} as \`${wanted}\`: its frames are stored as ${transferSyntaxUid}; export its header only`,
      identity,
      failure,
    )
    this.transferSyntaxUid = transferSyntaxUid
  }
}

/**
 * A frame is not as long as the metadata document says, and a table of offsets was written from that. Read the instance
 * again: it is then written without a table.
 */
export class FrameSizeError extends FrameError {
  override readonly name = 'FrameSizeError'
  readonly code = 'FRAME_SIZE_MISMATCH'
  /** Bytes by the metadata document, or by the frame reader. */
  readonly expected: number
  /** Bytes received. */
  readonly actual: number

  constructor(frame: FrameIdentity, sizes: { readonly expected: number; readonly actual: number }) {
    const { expected, actual } = sizes
    super(
      `Cannot place ${frameName(frame)}: it has ${actual} bytes and was said to have ${expected}; export the instance again`,
      frame,
    )
    this.expected = expected
    this.actual = actual
  }
}

/**
 * Pixels do not fit a 32-bit length: decoded ones that of a native Pixel Data element (PS3.5 7.1.2), a video that of the
 * one fragment that its transfer syntax allows.
 */
export class InstanceTooLargeError extends InstanceError {
  override readonly name = 'InstanceTooLargeError'
  readonly code = 'INSTANCE_TOO_LARGE'
  /** Of the pixels as they were to be written. */
  readonly byteLength: number

  constructor(identity: InstanceIdentity, byteLength: number, form: 'native' | 'one fragment' = 'native') {
    const why =
      form === 'native'
        ? 'native Pixel Data holds less than 4 GiB; write it with the transfer syntax `stored`'
        : 'its transfer syntax allows one fragment, which holds less than 4 GiB; write it without its pixels'
    const how = form === 'native' ? 'uncompressed' : 'encapsulated'
    super(`Cannot write ${instanceName(identity)} ${how}: its pixels take ${byteLength} bytes and ${why}`, identity)
    this.byteLength = byteLength
  }
}

/**
 * What the instance source gave is not the whole instance: broken, cut off, or another one. Fetch it again; if it
 * stays, AHI holds it so.
 */
export class InstanceFileError extends InstanceError {
  override readonly name = 'InstanceFileError'
  readonly code = 'INSTANCE_FILE_INVALID'

  constructor(identity: InstanceIdentity, why: string) {
    super(`Cannot use the file of ${instanceName(identity)}: ${why}; export the instance again`, identity)
  }
}

/** An attribute of the metadata document cannot be written. The message names the element and never its value. */
export class MetadataError extends InstanceError {
  override readonly name = 'MetadataError'
  readonly code = 'METADATA_INVALID'
  /** `GGGGEEEE`, or the key of the document where no tag is known for it. */
  readonly tag: string

  constructor(identity: InstanceIdentity, tag: string, why: string) {
    super(`Cannot write attribute ${tag} of ${instanceName(identity)}: ${why}; correct it in the image set`, identity)
    this.tag = tag
  }
}

/** dcmjs, an optional peer dependency, is not installed or cannot be loaded (`cause`). Only `dataset` needs it. */
export class DcmjsMissingError extends InstanceError {
  override readonly name = 'DcmjsMissingError'
  readonly code = 'DCMJS_MISSING'

  constructor(identity: InstanceIdentity, cause?: unknown) {
    const fact = `Cannot make the \`dataset\` of ${instanceName(identity)}: dcmjs cannot be loaded`
    super(`${fact}; install it (npm install dcmjs), or use \`attributes\``, identity, cause)
  }
}

/**
 * Marks an error as retryable, and returns it: what was asked for twice came damaged twice, in two ways. AHI has one form
 * of it, so something between changes answers.
 */
export function damagedOnTheWay<E extends InstanceError>(error: E): E {
  return Object.assign(error, { retryable: true })
}

function frameName(frame: FrameIdentity): string {
  const id = frame.imageFrameId === undefined ? '' : ` (${frame.imageFrameId})`
  return `frame ${frame.frameIndex + 1}${id} of ${instanceName(frame)}`
}

function instanceName(identity: InstanceIdentity): string {
  const instance = `instance ${identity.sopInstanceUid ?? '(no SOPInstanceUID)'}`
  return identity.imageSetId === undefined ? instance : `${instance} of image set ${identity.imageSetId}`
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}
