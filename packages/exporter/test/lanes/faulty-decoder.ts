import { crc32 } from 'node:zlib'
import type { FrameDecoder } from '@ahi-dicom/exporter'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { commit, commitNow, type LaneFault } from './fault.ts'

/** Options of {@link createFrameDecoder}. */
export interface FaultyDecoderOptions {
  /** CRC-32 of the stored frame that triggers the fault. */
  readonly victim?: number | undefined
  readonly stage?: 'made' | 'decoding' | 'checking' | undefined
  readonly fault?: LaneFault | undefined
}

/** Creates a decoder that crashes its lane while a frame is decoded or checked. Called by lanes. */
export function createFrameDecoder({ victim, stage, fault }: FaultyDecoderOptions): FrameDecoder {
  if (stage === 'made') throw new TypeError('Cannot make this decoder')
  return {
    async decode(codeStream) {
      const isVictim = fault !== undefined && crc32(codeStream) === victim
      if (isVictim && stage === 'decoding') await commit(fault)
      const decoded = await decodeFrame(codeStream)
      if (!isVictim || stage !== 'checking') return decoded
      const { checksum } = decoded
      return {
        ...decoded,
        get checksum() {
          commitNow(fault)
          return checksum
        },
      }
    },
  }
}
