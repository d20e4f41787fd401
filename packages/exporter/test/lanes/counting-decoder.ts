import type { FrameDecoder } from '@ahi-dicom/exporter'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { add } from './fault.ts'

/** Options of {@link createFrameDecoder}. */
export interface CountingDecoderOptions {
  /** Counts decoded frames. */
  readonly calls?: SharedArrayBuffer | undefined
  /** Counts decoders in use, one per lane. */
  readonly decoders?: SharedArrayBuffer | undefined
  /** Counts bytes of frames in memory. The writer subtracts them, see `counting-destination.ts`. */
  readonly held?: SharedArrayBuffer | undefined
  /** The most bytes in memory at any time. */
  readonly most?: SharedArrayBuffer | undefined
}

/** Creates a decoder that counts. Called by lanes. */
export function createFrameDecoder({ calls, decoders, held, most }: CountingDecoderOptions): FrameDecoder {
  let isUsed = false
  return {
    async decode(codeStream) {
      if (calls !== undefined) add(calls, 1)
      if (decoders !== undefined && !isUsed) add(decoders, 1)
      isUsed = true
      const decoded = await decodeFrame(codeStream)
      if (held !== undefined && most !== undefined) raise(most, add(held, decoded.pixels.byteLength))
      return decoded
    },
  }
}

/** Raises a maximum to a value. */
function raise(memory: SharedArrayBuffer, value: number): void {
  const cell = new Int32Array(memory)
  for (let seen = Atomics.load(cell, 0); value > seen; seen = Atomics.load(cell, 0)) {
    if (Atomics.compareExchange(cell, 0, seen, value) === seen) return
  }
}
