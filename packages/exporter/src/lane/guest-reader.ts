import type { FrameReader, FrameRequest, ReadFrame, WantedFrame } from '@ahi-dicom/dicomizer'
import type { FrameMemory } from '@ahi-dicom/htj2k-decoder'
import type { GuestError, GuestFrame } from './guest-frame.ts'
import type { FromLane } from './lane-messages.ts'

/** Lets other lanes read frames, so that one large instance uses several cores. */
export interface GuestReaders {
  /** Returns a reader that passes as many frames as allowed to other lanes, and reads the rest itself. */
  around(reader: FrameReader, itemId: number): FrameReader
  /** Sets how many frames other lanes may read for this one at a time. */
  allow(count: number): void
  /** Takes a frame that another lane has read. */
  settle(frame: GuestFrame): void
}

/** Added to the size of the last frame when memory for a frame is allocated, in bytes. */
const spareByteLength = 4096

/** Parts needed by {@link createGuestReaders}. */
export interface GuestReaderParts {
  readonly post: (message: FromLane) => void
  /** Memory of this lane. Frames are copied into it from the shared memory. */
  readonly memory: FrameMemory
}

/** Creates the readers of a lane. Other lanes read nothing until `allow` is called. */
export function createGuestReaders({ post, memory: ownMemory }: GuestReaderParts): GuestReaders {
  const waiting = new Map<number, (frame: GuestFrame) => void>()
  const idleMemory: SharedArrayBuffer[] = []
  let allowed = 0
  let lastId = 0
  let memoryByteLength = 0

  function takeMemory(): SharedArrayBuffer {
    const idle = idleMemory.pop()
    return idle?.byteLength === memoryByteLength ? idle : new SharedArrayBuffer(memoryByteLength)
  }

  async function ask(frame: FrameRequest, wanted: WantedFrame, itemId: number): Promise<ReadFrame | undefined> {
    const { signal, isRepeated = false, ...identity } = frame
    const memory = takeMemory()
    const answer = Promise.withResolvers<GuestFrame>()
    const id = (lastId += 1)
    waiting.set(id, answer.resolve)
    post({
      kind: 'read-guest',
      guest: { id, itemId, ...identity, isRepeated, wanted, memory },
    })
    const guest = await answer.promise
    signal?.throwIfAborted()
    idleMemory.push(memory)
    if (guest.error !== undefined) throw errorOf(guest.error)
    return guest.isUnread === true ? undefined : readOf(guest, guest.memory ?? memory, ownMemory)
  }

  function noteSize({ byteLength, decoded }: ReadFrame): void {
    const needed = byteLength * 2 + (decoded?.pixels.byteLength ?? 0) + spareByteLength
    if (needed <= memoryByteLength) return
    memoryByteLength = needed
    idleMemory.length = 0
  }

  return {
    around: (reader, itemId) => ({
      ...reader,
      async read(frame, wanted) {
        // The size of a frame is known once this lane has read one itself.
        if (waiting.size < allowed && memoryByteLength > 0) {
          const read = await ask(frame, wanted, itemId)
          if (read !== undefined) return read
        }
        const read = await reader.read(frame, wanted)
        if (allowed > 0) noteSize(read)
        return read
      },
    }),
    allow(count) {
      allowed = count
    },
    settle(frame) {
      waiting.get(frame.id)?.(frame)
      waiting.delete(frame.id)
    },
  }
}

/** Copies a frame out of the shared memory, because the next frame reuses it. */
function readOf(
  { read, decoded, storedByteLength }: GuestFrame,
  shared: SharedArrayBuffer,
  memory: FrameMemory,
): ReadFrame {
  if (read === undefined) throw new TypeError('Expected a frame that another lane has read')
  const copies: Uint8Array<ArrayBuffer>[] = []
  const copy = (start: number, byteLength: number): Uint8Array<ArrayBuffer> => {
    const bytes = memory.take(byteLength)
    bytes.set(new Uint8Array(shared, start, byteLength))
    copies.push(bytes)
    return bytes
  }
  const release = (): void => copies.forEach((bytes) => memory.give(bytes))
  const stored = storedByteLength === undefined ? undefined : copy(decoded?.byteLength ?? 0, storedByteLength)
  if (decoded === undefined) return { ...read, stored, release }
  const { byteLength, ...facts } = decoded
  return { ...read, stored, decoded: { ...facts, pixels: copy(0, byteLength) }, release }
}

function errorOf({ name, message, fields }: GuestError): Error {
  return Object.assign(new Error(message), fields, { name })
}
