const chunkLength = 64 * 1024

/** Yields a JSON array, given the JSON of its items. */
export async function* jsonList(items: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  let text = '['
  let isFirst = true
  for await (const item of items) {
    text += isFirst ? item : `,\n${item}`
    isFirst = false
    if (text.length < chunkLength) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(`${text}]`)
}
