/** The frame that a lane is decoding. */
export interface WatchedFrame {
  readonly itemId: number
  readonly imageFrameId: string
  /** Milliseconds since decoding started. */
  readonly elapsedMs: number
}

/** Notes which frame a lane is decoding. Another thread can read it even if the lane hangs. */
export interface DecodeWatch {
  begin(itemId: number, imageFrameId: string): void
  end(): void
}

const idByteLength = 128
/** Bytes before the id: state, item and length of the id as Int32, then the start time as Float64. */
const headByteLength = 24
const idle = 0
const decoding = 1

/** Creates the memory of a watch. */
export function createWatchMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headByteLength + idByteLength)
}

/** Creates the watch of a lane in its memory. */
export function createDecodeWatch(memory: SharedArrayBuffer): DecodeWatch {
  const { head, startedAt, id } = fieldsOf(memory)
  const encoder = new TextEncoder()
  return {
    begin(itemId, imageFrameId) {
      head[1] = itemId
      head[2] = encoder.encodeInto(imageFrameId, id).written
      startedAt[0] = Date.now()
      Atomics.store(head, 0, decoding)
    },
    end: () => void Atomics.store(head, 0, idle),
  }
}

/** Returns the frame that a lane is decoding now, or undefined if it is not decoding. */
export function watchedFrame(memory: SharedArrayBuffer): WatchedFrame | undefined {
  const { head, startedAt, id } = fieldsOf(memory)
  if (Atomics.load(head, 0) !== decoding) return undefined
  const imageFrameId = new TextDecoder().decode(id.slice(0, head[2]))
  return { itemId: head[1] ?? 0, imageFrameId, elapsedMs: Date.now() - (startedAt[0] ?? 0) }
}

function fieldsOf(memory: SharedArrayBuffer) {
  return {
    head: new Int32Array(memory, 0, 4),
    startedAt: new Float64Array(memory, 16, 1),
    id: new Uint8Array(memory, headByteLength, idByteLength),
  }
}
