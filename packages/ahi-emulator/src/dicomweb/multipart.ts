import { randomUUID } from 'node:crypto'
import type { OperationResponse } from '../operation/operation.ts'
import type { FrameBytes } from './frame-bytes.ts'
import { startStream } from './start-stream.ts'

/**
 * Answers with a multipart/related message (RFC 2387) whose parts have one media type, written at the client's pace.
 */
export async function multipartAnswer(
  parts: AsyncIterable<FrameBytes>,
  { mediaType, partType }: { readonly mediaType: string; readonly partType: string },
): Promise<OperationResponse> {
  const boundary = randomUUID()
  return {
    stream: await startStream(multipartMessage(parts, { boundary, partType })),
    contentType: `multipart/related; type="${mediaType}"; boundary="${boundary}"`,
  }
}

async function* multipartMessage(
  parts: AsyncIterable<FrameBytes>,
  { boundary, partType }: { readonly boundary: string; readonly partType: string },
): AsyncGenerator<Uint8Array> {
  let separator = ''
  for await (const part of parts) {
    const headers = `Content-Type: ${partType}\r\nContent-Length: ${part.byteLength}`
    yield Buffer.from(`${separator}--${boundary}\r\n${headers}\r\n\r\n`)
    yield* part.chunks
    separator = '\r\n'
  }
  yield Buffer.from(`${separator}--${boundary}--\r\n`)
}
