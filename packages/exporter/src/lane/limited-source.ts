import type { Limiter, Reservation } from '@ahi-dicom/ahi-client'
import type { FrameSource, InstanceSource } from '@ahi-dicom/dicomizer'
import { observedBody } from './observed-body.ts'

/** A source of frames and whole instances. */
type Source = FrameSource & Partial<InstanceSource>

/** Returns a source that waits for the limiter before each request. */
export function limitedSource(source: Source, requests: Limiter): Source {
  const stream = source.streamImageFrame?.bind(source)
  const instance = source.getDICOMInstance?.bind(source)
  return {
    async getImageFrame(request) {
      const place = await requests.reserve(1, request)
      try {
        return await source.getImageFrame(request)
      } finally {
        place.release()
      }
    },
    ...(stream && { streamImageFrame: (request) => limitedBody(requests, request.signal, () => stream(request)) }),
    ...(instance && { getDICOMInstance: (request) => limitedBody(requests, request.signal, () => instance(request)) }),
  }
}

/** Counts a body as an open request until it is read to the end or abandoned, or the signal aborts. */
async function limitedBody<Body extends { readonly data: AsyncIterable<Uint8Array> }>(
  requests: Limiter,
  signal: AbortSignal | undefined,
  request: () => Promise<Body>,
): Promise<Body> {
  const place = await requests.reserve(1, { signal })
  signal?.addEventListener('abort', () => place.release(), { once: true })
  try {
    return releasing(await request(), place)
  } catch (error) {
    place.release()
    throw error
  }
}

function releasing<Body extends { readonly data: AsyncIterable<Uint8Array> }>(body: Body, place: Reservation): Body {
  return observedBody(body, { onBytes() {}, onEnd: () => place.release(), onLeft: () => place.release() })
}
