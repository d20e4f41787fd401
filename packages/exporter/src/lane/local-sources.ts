import { createLimiter, type Limiter } from '@ahi-dicom/ahi-client'
import { createFrameReader, type FrameDecoder, type FrameSource, type InstanceSource } from '@ahi-dicom/dicomizer'
import { nothingFetched, type Fetched, type InstanceOptions } from './lane-item.ts'
import { limitedSource } from './limited-source.ts'
import type { InstanceSources } from './open-instance.ts'

/** Parts needed to open instances in the main thread. */
export interface LocalSourcesParts {
  readonly client: FrameSource & Partial<InstanceSource>
  /** Returns the decoder. No thread starts before the first call. */
  readonly decoder: () => Promise<FrameDecoder>
  /** Limits the number of open requests. */
  readonly requests: Limiter
  /** The number of frames to request at a time. */
  readonly fetchConcurrency: number
  /** The most bytes of frames in memory. */
  readonly maxBytesInFlight: number
}

/**
 * Creates the sources for opening instances in the main thread. Used for objects of the caller that other threads
 * cannot use.
 */
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

/** Returns only the options for writing instances. */
export function instanceOptions(options: InstanceOptions): InstanceOptions {
  const { transferSyntax, headerOnly, verifyFrames, source, dicomdir } = options
  return { transferSyntax, headerOnly, verifyFrames, source, dicomdir }
}

/** Returns a decoder that reports the time for each frame, including the wait for a thread. */
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
