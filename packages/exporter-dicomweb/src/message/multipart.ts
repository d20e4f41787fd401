import { randomBytes } from 'node:crypto'
import type { HeldInstance } from './held-instance.ts'

/** The body of a STOW-RS request with its content type and length. */
export interface StoreMessage {
  readonly contentType: string
  /** Length in bytes. `undefined` if it is not known before the body is sent. */
  readonly byteLength: number | undefined
  /** The body. It can be sent repeatedly if it is in memory, otherwise once. */
  readonly body: readonly Uint8Array[] | AsyncIterable<Uint8Array>
}

/**
 * Creates the message that stores instances: multipart/related with one part of type application/dicom each (PS3.18
 * 10.5.1, RFC 2387). The boundary has 192 random bits, so instances are not searched for it.
 */
export function storeMessage(instances: readonly HeldInstance[]): StoreMessage {
  const boundary = randomBytes(24).toString('hex')
  const contentType = `multipart/related; type="application/dicom"; boundary="${boundary}"`
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  const held = instances.flatMap(({ parts }, index) => [partHead(boundary, index === 0), ...parts])
  const rest = instances.at(-1)?.rest
  if (rest !== undefined) return { contentType, byteLength: undefined, body: streamed(held, rest, end) }
  const body = [...held, end]
  return { contentType, byteLength: body.reduce((sum, part) => sum + part.byteLength, 0), body }
}

function partHead(boundary: string, isFirst: boolean): Uint8Array {
  return Buffer.from(`${isFirst ? '' : '\r\n'}--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`)
}

async function* streamed(
  held: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
  end: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield* held
  yield* rest
  yield end
}
