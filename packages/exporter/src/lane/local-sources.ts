import { createLimiter, type Limiter } from '@ahi-dicom/ahi-client'
import { createFrameReader, type FrameDecoder, type FrameSource, type InstanceSource } from '@ahi-dicom/dicomizer'
import { nothingFetched, type Fetched, type InstanceOptions } from './lane-item.ts'
import { limitedSource } from './limited-source.ts'
import type { InstanceSources } from './open-instance.ts'

/** What instances are opened with in the main thread. */
export interface LocalSourcesParts {
  readonly client: FrameSource & Partial<InstanceSource>
  /** Decodes frames. Starts no thread before it is used. */
  readonly decoder: () => Promise<FrameDecoder>
  /** Limits the requests under way. */
  readonly requests: Limiter
  /** Frames that are requested at a time. */
  readonly fetchConcurrency: number
  /** Bytes of frames in memory. */
  readonly maxBytesInFlight: number
}

/** Makes what instances are opened with in the main thread, for objects of the caller that no other thread can have. */
export async function createLocalSources(
  { client, decoder, requests, fetchConcurrency, maxBytesInFlight }: LocalSourcesParts,
  options: InstanceOptions,
  onFetched: (fetched: Fetched) => void,
): Promise<InstanceSources> {
  const source = limitedSource(client, requests)
  const reader = createFrameReader({ source, decoder: timedDecoder(await decoder(), onFetched) })
  const { getDICOMInstance } = source
  return {
    options,
    readerOf: () => reader,
    instanceSource: getDICOMInstance && { getDICOMInstance },
    memory: createLimiter(maxBytesInFlight),
    maxFrames: fetchConcurrency,
    onFetched,
  }
}

/** Returns the options that say how instances are written, without others. */
export function instanceOptions(options: InstanceOptions): InstanceOptions {
  const { transferSyntax, headerOnly, verifyFrames, source, dicomdir } = options
  return { transferSyntax, headerOnly, verifyFrames, source, dicomdir }
}

/** Returns a decoder that tells how long each frame takes. A frame that waits for a thread takes that long, too. */
function timedDecoder(decoder: FrameDecoder, onFetched: (fetched: Fetched) => void): FrameDecoder {
  const decodes = decoder.decodes?.bind(decoder)
  return {
    async decode(codeStream, options) {
      const startedAt = performance.now()
      try {
        return await decoder.decode(codeStream, options)
      } finally {
        onFetched({ ...nothingFetched, decodedFrames: 1, decodeMs: performance.now() - startedAt })
      }
    },
    ...(decodes && { decodes }),
  }
}
