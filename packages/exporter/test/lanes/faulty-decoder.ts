import { crc32 } from 'node:zlib'
import type { FrameDecoder } from '@ahi-dicom/exporter'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { commit, commitNow, type LaneFault } from './fault.ts'

/** Options of {@link createFrameDecoder}. */
export interface FaultyDecoderOptions {
  /** CRC-32 of the frame that goes wrong, as it is stored. */
  readonly victim?: number | undefined
  readonly stage?: 'made' | 'decoding' | 'checking' | undefined
  readonly fault?: LaneFault | undefined
}

/** Run by lanes: makes a decoder with which a lane ends while it decodes a frame, or while the frame is checked. */
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
