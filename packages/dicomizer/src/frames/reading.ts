import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { ReadFrame } from './frame-reader.ts'

/** What is known of an answer that was damaged, to tell it from the next one. Holds none of its bytes. */
export interface Reading {
  /** Returns whether another answer for the same frame has other bytes, as far as both show theirs. */
  differsFrom(other: ReadFrame): boolean
}

/** Notes what a frame was read as. It may be released afterwards. */
export function readingOf(read: ReadFrame): Reading {
  const noted = traitsOf(read)
  return {
    differsFrom(other) {
      const traits = traitsOf(other)
      return (['byteLength', 'stored', 'decoded', 'failure'] as const).some((name) => {
        const [before, now] = [noted[name], traits[name]]
        return before !== undefined && now !== undefined && before !== now
      })
    },
  }
}

interface Traits {
  readonly byteLength: number
  /** CRC-32. */
  readonly stored: number | undefined
  /** CRC-32; `none` if the frame does not decode. */
  readonly decoded: number | 'none' | undefined
  readonly failure: string | undefined
}

function traitsOf({ byteLength, stored, decoded, failure }: ReadFrame): Traits {
  return {
    byteLength,
    stored: stored && frameChecksum(stored),
    decoded: decoded?.checksum ?? (failure === undefined ? undefined : 'none'),
    failure: failure instanceof Error ? failure.message : undefined,
  }
}
