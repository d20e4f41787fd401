import type { DecodedFrame, FrameRequest, StoredFrame } from '@ahi-dicom/dicomizer'
import type { FrameSupply } from './frame-supply.ts'

/** Keeps every frame as AHI stores it; decoding works on copies, since it may take the bytes away. */
export function keepStoredFrames(supply: FrameSupply): FrameSupply {
  const frames = new Map<string, StoredFrame>()
  return {
    async getImageFrame(request) {
      const frame = frames.get(request.imageFrameId) ?? (await supply.getImageFrame(request))
      frames.set(request.imageFrameId, frame)
      return frame
    },
    decode: (codeStream, options) => supply.decode(codeStream.slice(), options),
  }
}

/** What is kept of the way that a frame came. */
interface Fetched extends StoredFrame {
  readonly imageFrameId: string
}

/**
 * Keeps every frame decoded. What stands for its stored bytes from then on is a handle that only this decoder knows:
 * an empty array, or a copy of the bytes where their checksum (`keepsBytes`) is compared again.
 */
export function keepDecodedFrames(supply: FrameSupply, options: { readonly keepsBytes: boolean }): FrameSupply {
  const handles = new Map<string, StoredFrame>()
  const decodedByHandle = new WeakMap<ArrayBuffer, DecodedFrame>()
  const fetched = new WeakMap<ArrayBuffer, Fetched>()

  async function fetchFrame(request: FrameRequest): Promise<StoredFrame> {
    const frame = await supply.getImageFrame(request)
    const data = options.keepsBytes ? frame.data.slice() : new Uint8Array(0)
    fetched.set(frame.data.buffer, { ...frame, data, imageFrameId: request.imageFrameId })
    return frame
  }

  return {
    getImageFrame: async (request) => handles.get(request.imageFrameId) ?? fetchFrame(request),
    async decode(codeStream, decodeOptions) {
      const known = decodedByHandle.get(codeStream.buffer)
      if (known !== undefined) return known
      const handle = fetched.get(codeStream.buffer)
      const decoded = await supply.decode(codeStream, decodeOptions)
      if (handle === undefined) return decoded
      decodedByHandle.set(handle.data.buffer, decoded)
      handles.set(handle.imageFrameId, handle)
      return decoded
    },
  }
}
