/**
 * Reads the first chunk of a stream, so that an early failure occurs before the answer begins. Returns the whole
 * stream.
 */
export async function startStream(
  stream: AsyncIterable<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const started = startedStream(stream)
  await started.next()
  return started
}

/** Yields an empty chunk when the first chunk is ready, then all chunks. */
async function* startedStream(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true
  for await (const chunk of stream) {
    if (isFirst) yield new Uint8Array(0)
    isFirst = false
    yield chunk
  }
}
