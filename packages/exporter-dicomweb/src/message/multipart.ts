import { randomBytes } from 'node:crypto'
import type { HeldInstance } from './held-instance.ts'

/** The body of a STOW-RS request, and what its headers say of it. */
export interface StoreMessage {
  readonly contentType: string
  /** Bytes in all; undefined if that is not known before they are sent. */
  readonly byteLength: number | undefined
  /** To be sent as often as it takes if all is in memory, once if not. */
  readonly body: readonly Uint8Array[] | AsyncIterable<Uint8Array>
}

/**
 * Makes the message that stores instances: multipart/related with a part of type application/dicom for each (PS3.18 10.5.1,
 * RFC 2387). The boundary has 192 random bits, so that no content has it: instances are not searched for it.
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
