/** Memory of frames that are done with, all of one size, to be used again. */
export interface SpareBuffers {
  /** Takes the memory from the array, which is empty afterwards. */
  readonly give: (pixels: Uint8Array<ArrayBuffer>) => void
  /** Gives the memory that came last, which is the likeliest to be in the processor's cache. */
  readonly take: () => ArrayBuffer | undefined
}

/** Bytes that may lie idle. Frames come one by one to be decoded again, so a few buffers serve all threads. */
const mostSpareBytes = 4 << 20

/** Makes an empty store. A buffer of another size than those in it replaces them; one that has no room is freed. */
export function createSpareBuffers(): SpareBuffers {
  let spare: ArrayBuffer[] = []
  return {
    give({ buffer, byteLength }) {
      if (byteLength !== buffer.byteLength || byteLength === 0) return
      if (spare[0]?.byteLength !== byteLength) spare = []
      const hasRoom = (spare.length + 1) * byteLength <= mostSpareBytes
      const taken = buffer.transfer(hasRoom ? byteLength : 0)
      if (hasRoom) spare.push(taken)
    },
    take: () => spare.pop(),
  }
}
