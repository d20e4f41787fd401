import type { DecodedFrame, InstanceFile, InstanceSource, StoredFrame } from '@ahi-dicom/dicomizer'
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

/**
 * Keeps every frame decoded. From then on an empty array stands for its stored bytes, by which this decoder knows it:
 * keeping those too would take a third more memory.
 */
export function keepDecodedFrames(supply: FrameSupply): FrameSupply {
  const handles = new Map<string, StoredFrame>()
  const decodedByHandle = new WeakMap<ArrayBuffer, DecodedFrame>()
  const imageFrameIds = new WeakMap<ArrayBuffer, string>()
  return {
    async getImageFrame(request) {
      const handle = handles.get(request.imageFrameId)
      if (handle !== undefined) return handle
      const frame = await supply.getImageFrame(request)
      imageFrameIds.set(frame.data.buffer, request.imageFrameId)
      return frame
    },
    async decode(codeStream, options) {
      const known = decodedByHandle.get(codeStream.buffer)
      if (known !== undefined) return known
      const imageFrameId = imageFrameIds.get(codeStream.buffer)
      const decoded = await supply.decode(codeStream, options)
      if (imageFrameId !== undefined) {
        const handle = new Uint8Array(0)
        decodedByHandle.set(handle.buffer, decoded)
        handles.set(imageFrameId, { data: handle })
      }
      return decoded
    },
  }
}

/** Keeps whole instances once they were read to their end. */
export function keepWholeInstances(source: InstanceSource): InstanceSource {
  const files = new Map<string, InstanceFile>()
  return {
    async getDICOMInstance(request) {
      const known = files.get(request.transferSyntax)
      if (known !== undefined) return known
      const { data, ...description } = await source.getDICOMInstance(request)
      async function* keeping(): AsyncGenerator<Uint8Array, void, undefined> {
        const chunks: Uint8Array[] = []
        for await (const chunk of data) {
          chunks.push(chunk)
          yield chunk
        }
        files.set(request.transferSyntax, { ...description, data: replayed(chunks) })
      }
      return { ...description, data: keeping() }
    },
  }
}

function replayed(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* chunks
    },
  }
}
