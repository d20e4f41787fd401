/**
 * Errors about one instance. Each has a `code` to branch on, and the identifiers that are known.
 * @module
 */

/** The instance that an error is about. */
export interface InstanceIdentity {
  readonly datastoreId?: string | undefined
  readonly imageSetId?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

/** The frame that an error is about. */
export interface FrameIdentity extends InstanceIdentity {
  /** `undefined` if the frame is only in the file of the whole instance, and not in the image set. */
  readonly imageFrameId: string | undefined
  /** Zero-based. */
  readonly frameIndex: number
}

abstract class InstanceError extends Error {
  readonly datastoreId: string | undefined
  readonly imageSetId: string | undefined
  readonly sopInstanceUid: string | undefined
  /** True if another attempt may succeed, because the data was damaged in transit. */
  readonly retryable: boolean = false

  constructor(message: string, identity: InstanceIdentity, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.datastoreId = identity.datastoreId
    this.imageSetId = identity.imageSetId
    this.sopInstanceUid = identity.sopInstanceUid
  }
}

abstract class FrameError extends InstanceError {
  /** `undefined` if the frame is only in the file of the whole instance, and not in the image set. */
  readonly imageFrameId: string | undefined
  /** Zero-based. */
  readonly frameIndex: number

  constructor(message: string, frame: FrameIdentity, cause?: unknown) {
    super(message, frame, cause)
    this.imageFrameId = frame.imageFrameId
    this.frameIndex = frame.frameIndex
  }
}

/**
 * The frame does not match its checksum in the metadata document. Request it again. If the error repeats, AHI's data is
 * damaged.
 */
export class FrameChecksumError extends FrameError {
  override readonly name = 'FrameChecksumError'
  readonly code = 'FRAME_CHECKSUM_MISMATCH'
  /** CRC-32 in the metadata document. */
  readonly expected: number
  /** CRC-32 of the received frame. */
  readonly actual: number

  constructor(frame: FrameIdentity, checksums: { readonly expected: number; readonly actual: number }) {
    const { expected, actual } = checksums
    super(
      `Cannot verify ${frameName(frame)}: its CRC-32 is ${actual}, but the metadata document has ${expected}; export the instance again`,
      frame,
    )
    this.expected = expected
    this.actual = actual
  }
}

/**
 * The frame reader cannot find the frame. The image set may have changed since its metadata was read: read it again.
 */
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

/** The decoder cannot decode the frame. `cause` is the decoder's error. */
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

/** Frames and attributes disagree on size, samples per pixel, bit depth, sign or number of frames. */
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

/** The frames are stored in a transfer syntax that cannot be written or decoded as requested. */
export class UnsupportedTransferSyntaxError extends InstanceError {
  override readonly name = 'UnsupportedTransferSyntaxError'
  readonly code = 'TRANSFER_SYNTAX_UNSUPPORTED'
  /** Transfer syntax of the frames in AHI. */
  readonly transferSyntaxUid: string

  /** `failure` is the error of the decoder for the first frame, if there is one. */
  constructor(
    identity: InstanceIdentity,
    transferSyntaxUid: string,
    wanted: 'explicit' | 'stored' | 'pixels',
    failure?: unknown,
  ) {
    const name = instanceName(identity)
    const why =
      failure === undefined ? `no decoder for ${transferSyntaxUid} is available` : `frame 1: ${reasonOf(failure)}`
    super(
      wanted === 'pixels'
        ? `Cannot decode frames of ${name}: ${why}; export the DICOM file, which holds them as they are stored`
        : `Cannot write ${name} as \`${wanted}\`: its frames are stored as ${transferSyntaxUid}; export its header only`,
      identity,
      failure,
    )
    this.transferSyntaxUid = transferSyntaxUid
  }
}

/**
 * A frame has another length than the metadata document states, and the file's offset table was already written from
 * the stated lengths. Read the instance again: it is then written without an offset table.
 */
export class FrameSizeError extends FrameError {
  override readonly name = 'FrameSizeError'
  readonly code = 'FRAME_SIZE_MISMATCH'
  /** Bytes that the metadata document or the frame reader stated. */
  readonly expected: number
  /** Bytes received. */
  readonly actual: number

  constructor(frame: FrameIdentity, sizes: { readonly expected: number; readonly actual: number }) {
    const { expected, actual } = sizes
    super(
      `Cannot place ${frameName(frame)}: it has ${actual} bytes instead of ${expected}; export the instance again`,
      frame,
    )
    this.expected = expected
    this.actual = actual
  }
}

/**
 * The pixels do not fit a 32-bit length. Decoded pixels have to fit the native Pixel Data element (PS3.5 7.1.2). A
 * video has to fit one fragment if its transfer syntax allows only one.
 */
export class InstanceTooLargeError extends InstanceError {
  override readonly name = 'InstanceTooLargeError'
  readonly code = 'INSTANCE_TOO_LARGE'
  /** Bytes of the pixels in the requested form. */
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
 * The file from the instance source is broken, cut off, or of another instance. Request it again. If the error repeats,
 * AHI's file is damaged.
 */
export class InstanceFileError extends InstanceError {
  override readonly name = 'InstanceFileError'
  readonly code = 'INSTANCE_FILE_INVALID'

  constructor(identity: InstanceIdentity, why: string) {
    super(`Cannot use the file of ${instanceName(identity)}: ${why}; export the instance again`, identity)
  }
}

/** An attribute of the metadata document cannot be written. The message names the element, never its value. */
export class MetadataError extends InstanceError {
  override readonly name = 'MetadataError'
  readonly code = 'METADATA_INVALID'
  /** The tag as `GGGGEEEE`, or the document's key if it has no known tag. */
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
 * Marks an error as retryable and returns it. Use it if two answers to the same request were damaged in different ways:
 * AHI's copy does not change, so the damage happened in transit.
 */
export function damagedInTransit<E extends InstanceError>(error: E): E {
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
