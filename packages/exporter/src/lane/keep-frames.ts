import type { FrameReader, InstanceFile, InstanceSource, ReadFrame, WantedFrame } from '@ahi-dicom/dicomizer'

/** A reader that keeps the frames it has read. */
export interface KeepingReader extends FrameReader {
  /** Releases the memory of all kept frames. */
  release(): void
}

/**
 * Returns a reader that reads every frame once and keeps it by its id. A frame is read again if it was damaged, or if
 * more of it is wanted than was kept.
 */
export function keepFrames(reader: FrameReader): KeepingReader {
  const kept = new Map<string, ReadFrame>()
  return {
    ...(reader.stream && { stream: reader.stream.bind(reader) }),
    ...(reader.decode && { decode: reader.decode.bind(reader) }),
    decodes: (transferSyntaxUid) => reader.decodes(transferSyntaxUid),
    async read(frame, wanted) {
      const known = kept.get(frame.imageFrameId)
      if (known !== undefined && frame.isRepeated !== true && has(known, wanted)) return withoutRelease(known)
      const read = await reader.read(frame, wanted)
      kept.set(frame.imageFrameId, read)
      return withoutRelease(read)
    },
    release() {
      for (const frame of kept.values()) frame.release?.()
      kept.clear()
    },
  }
}

function has(known: ReadFrame, wanted: WantedFrame): boolean {
  return (!wanted.stored || known.stored !== undefined) && (!wanted.pixels || known.decoded !== undefined)
}

/** Removes `release` from a frame. The keeping reader releases it once for everyone who read it. */
function withoutRelease(read: ReadFrame): ReadFrame {
  return { ...read, release: undefined }
}

/** Returns a source that keeps whole instances once they were read to the end. */
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
