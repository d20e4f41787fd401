import { frameChecksum, fullResolutionChecksum, type InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type {
  ChecksumBasis,
  DecodedFrame,
  FrameDecoder,
  FrameRequest,
  FrameSource,
  InstanceSource,
  StoredFrame,
} from '@ahi-dicom/dicomizer'
import type { Budget } from './budget.ts'
import { countedBody } from './counted-body.ts'
import type { Received } from './received.ts'

/** What frames come from, shared by everything an exporter does. */
export interface FrameSupplyParts {
  readonly source: FrameSource
  readonly decoder: FrameDecoder
  /** Gives the memory of a decoded frame back; absent where someone else may have the arrays of the decoder. */
  readonly releaseFrame?: ((frame: DecodedFrame) => void) | undefined
  /** Whole instances; absent where they cannot be had. */
  readonly instances?: InstanceSource | undefined
  /** Requests for frames and whole instances that may be under way at a time. */
  readonly requests: Budget
}

/** The frames of one instance: both what fetches them and what decodes them. */
export type FrameSupply = FrameSource & FrameDecoder

/** Which instance, how it is written, and who counts. */
export interface FrameSupplyOptions {
  readonly instance: InstanceMetadata
  /** What its checksums are computed from, where that can be had. */
  readonly basis: ChecksumBasis | undefined
  /** Whether frames are kept as they are stored and copies of them decoded, for their checksums. */
  readonly decodesCopies: boolean
  /**
   * Whether of decoded copies nothing but the checksum is wanted: their memory is then given back at once. Garbage
   * collection would find it late, its bytes are not on the heap. Default false.
   */
  readonly dropsCopies?: boolean | undefined
  readonly received: Received
}

/**
 * Supplies the frames of one instance within the shared limit of requests. A frame that does not match its checksum,
 * or does not decode, is requested once more, since it may have been damaged on its way; what comes then is passed on
 * for dicomizer to judge. By the header of the first frame dicomizer describes the pixels of all: that one is decoded
 * before it is passed on, the others are when they are decoded.
 */
export function createFrameSupply(parts: FrameSupplyParts, options: FrameSupplyOptions): FrameSupply {
  const { instance, basis, decodesCopies, dropsCopies = false, received } = options
  const checksums = checksumsOf(instance)
  const origins = new WeakMap<ArrayBuffer, FrameRequest>()
  /** Frames of which a copy was decoded ahead of dicomizer's, by the checksum of their stored bytes. */
  const decodedCopies = new Map<number, DecodedFrame>()
  /** The same of the first frame, by its bytes. */
  const decodedFirst = new WeakMap<ArrayBuffer, DecodedFrame>()
  let isFirst = true

  async function fetchFrame(request: FrameRequest): Promise<StoredFrame> {
    const slot = await parts.requests.reserve(1, request)
    try {
      const frame = await parts.source.getImageFrame(request)
      received.frame(request.imageFrameId, frame.data.byteLength)
      return frame
    } finally {
      slot.release()
    }
  }

  /** `undefined` for a frame that does not decode, or not to what its checksum says. */
  async function decodeIntact(
    codeStream: Uint8Array<ArrayBuffer>,
    { imageFrameId, signal }: FrameRequest,
  ): Promise<DecodedFrame | undefined> {
    const expected = basis === 'decoded' ? checksums.get(imageFrameId) : undefined
    try {
      const decoded = await parts.decoder.decode(codeStream, { signal })
      if (dropsCopies) parts.releaseFrame?.(decoded)
      return expected === undefined || decoded.checksum === expected ? decoded : undefined
    } catch {
      signal?.throwIfAborted()
      return undefined
    }
  }

  async function isIntact(request: FrameRequest, { data }: StoredFrame, describesAll: boolean): Promise<boolean> {
    const expected = checksums.get(request.imageFrameId)
    if (expected === undefined) return true
    if (basis === 'encoded') return frameChecksum(data) === expected
    if (basis === undefined || !(decodesCopies || describesAll)) return true
    const decoded = await decodeIntact(data.slice(), request)
    if (decoded === undefined) return false
    if (decodesCopies) decodedCopies.set(frameChecksum(data), decoded)
    else decodedFirst.set(data.buffer, decoded)
    return true
  }

  return {
    ...streamedFrames(parts, received),
    async getImageFrame(request) {
      const describesAll = isFirst
      isFirst = false
      const body = await fetchFrame(request)
      const frame = (await isIntact(request, body, describesAll)) ? body : await fetchFrame(request)
      origins.set(frame.data.buffer, request)
      return frame
    },
    async decode(codeStream, { signal } = {}) {
      const request = origins.get(codeStream.buffer)
      const copy = takeDecodedFirst(codeStream) ?? takeDecodedCopy(codeStream)
      if (request === undefined) return copy ?? parts.decoder.decode(codeStream, { signal })
      if (copy !== undefined && (dropsCopies || !copy.pixels.buffer.detached)) return copy
      const decoded = await decodeIntact(codeStream, { ...request, signal })
      if (decoded !== undefined) return decoded
      const again = await fetchFrame({ ...request, signal })
      return parts.decoder.decode(again.data, { signal })
    },
  }

  function takeDecodedFirst({ buffer }: Uint8Array<ArrayBuffer>): DecodedFrame | undefined {
    const decoded = decodedFirst.get(buffer)
    // As a decoder would have taken it; garbage collection would find it late.
    if (decodedFirst.delete(buffer)) buffer.transfer(0)
    return decoded
  }

  function takeDecodedCopy(codeStream: Uint8Array): DecodedFrame | undefined {
    if (decodedCopies.size === 0) return undefined
    const checksum = frameChecksum(codeStream)
    const decoded = decodedCopies.get(checksum)
    decodedCopies.delete(checksum)
    return decoded
  }
}

/** Frames too large for memory. They cannot be fetched once more before they are passed on. */
function streamedFrames(
  { source, requests }: FrameSupplyParts,
  received: Received,
): Pick<FrameSource, 'streamImageFrame'> {
  const stream = source.streamImageFrame?.bind(source)
  if (stream === undefined) return {}
  return {
    streamImageFrame: (request) =>
      countedBody(requests.reserve(1, request), () => stream(request), {
        signal: request.signal,
        onBytes: (byteLength) => received.bytes(byteLength),
        onEnd: () => received.frame(request.imageFrameId, 0),
      }),
  }
}

function checksumsOf({ ImageFrames: frames }: InstanceMetadata): ReadonlyMap<string, number | undefined> {
  return new Map(frames.map((frame) => [frame.ID, fullResolutionChecksum(frame)?.Checksum]))
}
