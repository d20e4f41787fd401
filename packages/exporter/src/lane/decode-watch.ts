/** The frame that a lane decodes. */
export interface WatchedFrame {
  readonly itemId: number
  readonly imageFrameId: string
  /** Milliseconds since the lane began to decode it. */
  readonly elapsedMs: number
}

/** Notes which frame a lane decodes, where another thread can see it even if the lane hangs. */
export interface DecodeWatch {
  begin(itemId: number, imageFrameId: string): void
  end(): void
}

const idByteLength = 128
/** State, item, length of the id; then the time of the start; then the id. */
const headByteLength = 24
const idle = 0
const decoding = 1

/** Makes the memory of a watch. */
export function createWatchMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headByteLength + idByteLength)
}

/** Makes the watch of a lane over its memory. */
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

/** Returns the frame that a lane decodes at this moment; undefined if it decodes none. */
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
