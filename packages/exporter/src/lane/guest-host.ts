import type { FrameReader, ReadFrame } from '@ahi-dicom/dicomizer'
import type { GuestError, GuestFrame, GuestRequest } from './guest-frame.ts'

/** Reads a frame for another lane, into the memory of the request. Never rejects. */
export async function readGuestFrame(
  reader: FrameReader,
  { id, memory, wanted, ...request }: GuestRequest,
  signal: AbortSignal,
): Promise<GuestFrame> {
  try {
    const read = await reader.read({ ...request, signal }, wanted)
    try {
      return { id, ...placed(read, wanted.stored, new Uint8Array(memory)) }
    } finally {
      read.release?.()
    }
  } catch (error) {
    return { id, error: guestError(error) }
  }
}

function placed(
  { byteLength, contentType, stored, decoded, failure }: ReadFrame,
  wantsStored: boolean,
  memory: Uint8Array,
): Omit<GuestFrame, 'id'> {
  const pixelsByteLength = decoded?.pixels.byteLength ?? 0
  const storedBytes = wantsStored ? stored : undefined
  if (pixelsByteLength + (storedBytes?.byteLength ?? 0) > memory.byteLength) return { isTooLarge: true }
  const read = { byteLength, contentType, ...(failure === undefined ? {} : { failure: plainFailure(failure) }) }
  if (storedBytes !== undefined) memory.set(storedBytes, pixelsByteLength)
  const storedByteLength = storedBytes?.byteLength
  if (decoded === undefined) return { read, storedByteLength }
  const { pixels, ...facts } = decoded
  memory.set(pixels)
  return { read, storedByteLength, decoded: { ...facts, byteLength: pixelsByteLength } }
}

/** Errors are cloned with their message. */
function plainFailure(failure: unknown): Error {
  return new Error(failure instanceof Error ? failure.message : String(failure))
}

const fieldNames = ['code', 'retryable', 'statusCode', 'fatal', 'imageFrameId', 'operation', 'requestId'] as const

function guestError(error: unknown): GuestError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} }
  const fields = Object.fromEntries(fieldNames.map((name) => [name, Reflect.get(error, name)]))
  return { name: error.name, message: error.message, fields }
}
