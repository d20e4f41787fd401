/** A body that is read as it arrives. */
interface StreamedBody {
  /** The bytes. Can be read only once. */
  readonly data: AsyncIterable<Uint8Array>
}

/** Callbacks for reading a body. */
export interface BodyObserver {
  /** Called with every chunk. */
  readonly onBytes: (chunk: Uint8Array) => void
  /** Called after the last chunk. */
  readonly onEnd: () => void
  /** Called if reading ends early, by an error or because the reader stops. */
  readonly onLeft?: (() => void) | undefined
}

/** Returns a body that reports its bytes to the observer as they are read. */
export function observedBody<Body extends StreamedBody>(body: Body, { onBytes, onEnd, onLeft }: BodyObserver): Body {
  const chunks = body.data[Symbol.asyncIterator]()
  // Not a generator: if a generator is closed before its first chunk, its `finally` does not run.
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
