import type { Reservation } from './budget.ts'

/** A body that is read as it comes. */
export interface StreamedBody {
  readonly contentType?: string | undefined
  /** Where it is known. */
  readonly byteLength?: number | undefined
  /** The bytes, to be read once. */
  readonly data: AsyncIterable<Uint8Array>
}

/** Who counts the bytes of a body. */
export interface BodyObserver {
  /** Its abort gives the place back, whether or not anyone reads on. */
  readonly signal?: AbortSignal | undefined
  /** Told of every chunk. */
  readonly onBytes: (byteLength: number) => void
  /** Told once the last chunk has come. */
  readonly onEnd: () => void
}

/**
 * Asks for a body, which counts as a request under way until it is read to its end or left. `request` has resolved by
 * then: one that rejects gives its place back at once.
 */
export async function countedBody<Body extends StreamedBody>(
  place: Promise<Reservation>,
  request: () => Promise<Body>,
  observer: BodyObserver,
): Promise<Body> {
  const slot = await place
  observer.signal?.addEventListener('abort', () => slot.release(), { once: true })
  try {
    const body = await request()
    return { ...body, data: counted(body.data, slot, observer) }
  } catch (error) {
    slot.release()
    throw error
  }
}

/** A generator would not do: left before its first chunk, it has nothing to clean up. */
function counted(
  data: AsyncIterable<Uint8Array>,
  slot: Reservation,
  { onBytes, onEnd }: BodyObserver,
): AsyncIterable<Uint8Array> {
  const chunks = data[Symbol.asyncIterator]()
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      try {
        const result = await chunks.next()
        if (result.done === true) {
          slot.release()
          onEnd()
          return { done: true, value: undefined }
        }
        onBytes(result.value.byteLength)
        return result
      } catch (error) {
        slot.release()
        throw error
      }
    },
    async return() {
      slot.release()
      await chunks.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
