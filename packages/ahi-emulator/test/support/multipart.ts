/** A part of a multipart message. */
export interface Part {
  readonly contentType: string
  readonly body: Buffer
}

/** Splits a multipart/related message by its Content-Length headers, and checks the boundaries. */
export function readMultipart(message: Buffer, contentType: string): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1] ?? ''
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let offset = 0
  while (!message.subarray(offset + delimiter.length, offset + delimiter.length + 2).equals(Buffer.from('--'))) {
    if (!message.subarray(offset, offset + delimiter.length).equals(delimiter)) throw new Error('expected a boundary')
    const end = message.indexOf('\r\n\r\n', offset)
    const headers = message.subarray(offset + delimiter.length + 2, end).toString()
    const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1])
    const type = /^content-type: (.+)$/im.exec(headers)?.[1] ?? ''
    parts.push({ contentType: type, body: message.subarray(end + 4, end + 4 + length) })
    offset = end + 4 + length + 2
  }
  return parts
}
