/** Characters that are encoded at a time. */
const chunkLength = 1 << 16

/** Yields texts in UTF-8, in chunks of some 64 KiB. Each ends with a text. */
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
