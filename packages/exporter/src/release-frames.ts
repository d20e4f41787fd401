import type { DecodedFrame } from '@ahi-dicom/dicomizer'
import type { FrameSupply } from './frame-supply.ts'

/** A supply whose decoded frames can be taken back. */
export interface ReleasingSupply extends FrameSupply {
  /** Gives the memory of all frames decoded so far back; their arrays are empty from then on. */
  release(): void
}

/**
 * Makes the decoded frames of a supply releasable. Garbage collection would find them as well, but late: their bytes are
 * not on the heap whose growth sets it off. Holds on to every frame until then: for few of them only.
 */
export function releasingSupply(supply: FrameSupply, releaseFrame: (frame: DecodedFrame) => void): ReleasingSupply {
  let frames: DecodedFrame[] = []
  return {
    ...supply,
    async decode(codeStream, options) {
      const decoded = await supply.decode(codeStream, options)
      frames.push(decoded)
      return decoded
    },
    release() {
      for (const frame of frames) releaseFrame(frame)
      frames = []
    },
  }
}
