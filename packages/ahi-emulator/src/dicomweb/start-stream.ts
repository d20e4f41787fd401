/** Takes the first chunk, so that what cannot begin fails before anything is answered. */
export async function startStream(
  stream: AsyncIterable<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const started = startedStream(stream)
  await started.next()
  return started
}

/** Gives nothing when the first chunk is there, and then all of them. */
async function* startedStream(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true
  for await (const chunk of stream) {
    if (isFirst) yield new Uint8Array(0)
    isFirst = false
    yield chunk
  }
}
