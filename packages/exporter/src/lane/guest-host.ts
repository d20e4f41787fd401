import type { FrameReader, ReadFrame } from '@ahi-dicom/dicomizer'
import type { GuestError, GuestFrame, GuestRequest } from './guest-frame.ts'

/** Reads a frame for another lane into the memory of the request. Never rejects. */
export async function readGuestFrame(
  reader: FrameReader,
  { id, memory, wanted, ...request }: GuestRequest,
  signal: AbortSignal,
): Promise<GuestFrame> {
  try {
    const read = await reader.read({ ...request, signal }, wanted)
    try {
      return { id, ...placed(read, wanted.stored, memory) }
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
  asked: SharedArrayBuffer,
): Omit<GuestFrame, 'id'> {
  const pixelsByteLength = decoded?.pixels.byteLength ?? 0
  const storedBytes = wantsStored ? stored : undefined
  const needed = pixelsByteLength + (storedBytes?.byteLength ?? 0)
  const memory = needed <= asked.byteLength ? asked : new SharedArrayBuffer(needed)
  const bytes = new Uint8Array(memory)
  const read = { byteLength, contentType, ...(failure === undefined ? {} : { failure: plainFailure(failure) }) }
  if (storedBytes !== undefined) bytes.set(storedBytes, pixelsByteLength)
  const placedRead = { read, storedByteLength: storedBytes?.byteLength, ...(memory === asked ? {} : { memory }) }
  if (decoded === undefined) return placedRead
  const { pixels, ...facts } = decoded
  bytes.set(pixels)
  return { ...placedRead, decoded: { ...facts, byteLength: pixelsByteLength } }
}

/** Returns an error with the same message and no other fields, so that it can be cloned. */
function plainFailure(failure: unknown): Error {
  return new Error(failure instanceof Error ? failure.message : String(failure))
}

const fieldNames = ['code', 'retryable', 'statusCode', 'fatal', 'imageFrameId', 'operation', 'requestId'] as const

function guestError(error: unknown): GuestError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} }
  const fields = Object.fromEntries(fieldNames.map((name) => [name, Reflect.get(error, name)]))
  return { name: error.name, message: error.message, fields }
}
