/** A body that is read as it comes. */
interface StreamedBody {
  /** The bytes, to be read once. */
  readonly data: AsyncIterable<Uint8Array>
}

/** Told of a body while it is read. */
export interface BodyObserver {
  /** Called for every chunk. */
  readonly onBytes: (chunk: Uint8Array) => void
  /** Called once the last chunk has come. */
  readonly onEnd: () => void
  /** Called if reading ends early, by an error or by the reader. */
  readonly onLeft?: (() => void) | undefined
}

/** Returns a body whose bytes are counted as they are read. */
export function observedBody<Body extends StreamedBody>(body: Body, { onBytes, onEnd, onLeft }: BodyObserver): Body {
  const chunks = body.data[Symbol.asyncIterator]()
  // A generator would not do: left before its first chunk, it has nothing to clean up.
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      const result = await chunks.next().catch((error: unknown) => {
        onLeft?.()
        throw error
      })
      if (result.done === true) {
        onEnd()
        return { done: true, value: undefined }
      }
      onBytes(result.value)
      return result
    },
    async return() {
      onLeft?.()
      await chunks.return?.()
      return { done: true, value: undefined }
    },
  }
  return { ...body, data: { [Symbol.asyncIterator]: () => iterator } }
}
