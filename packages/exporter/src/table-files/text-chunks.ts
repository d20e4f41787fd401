/** The number of characters to encode at a time. */
const chunkLength = 1 << 16

/** Yields texts in UTF-8, in chunks of about 64 KiB. A text is never split. */
export async function* textChunks(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  let collected = ''
  for await (const text of texts) {
    collected += text
    if (collected.length < chunkLength) continue
    yield encoder.encode(collected)
    collected = ''
  }
  if (collected !== '') yield encoder.encode(collected)
}
