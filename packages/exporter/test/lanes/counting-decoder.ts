import type { FrameDecoder } from '@ahi-dicom/exporter'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { add } from './fault.ts'

/** Options of {@link createFrameDecoder}. */
export interface CountingDecoderOptions {
  /** Counts frames that were decoded. */
  readonly calls?: SharedArrayBuffer | undefined
  /** Counts decoders that were used, one of each lane. */
  readonly decoders?: SharedArrayBuffer | undefined
  /** Counts bytes of frames in memory. Their writer takes them off, see `counting-destination.ts`. */
  readonly held?: SharedArrayBuffer | undefined
  /** The most bytes that were in memory. */
  readonly most?: SharedArrayBuffer | undefined
}

/** Run by lanes: makes a decoder that counts. */
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

/** Makes a value the greatest, if it is. */
function raise(memory: SharedArrayBuffer, value: number): void {
  const cell = new Int32Array(memory)
  for (let seen = Atomics.load(cell, 0); value > seen; seen = Atomics.load(cell, 0)) {
    if (Atomics.compareExchange(cell, 0, seen, value) === seen) return
  }
}
