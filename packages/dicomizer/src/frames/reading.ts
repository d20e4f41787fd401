import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { ReadFrame } from './frame-reader.ts'

/** Traits of a damaged answer, to compare it with the next one. It holds no bytes of the frame. */
export interface Reading {
  /** Returns whether another answer for the same frame differs. Only parts that both answers have are compared. */
  differsFrom(other: ReadFrame): boolean
}

/** Records the traits of a frame, which may be released afterwards. */
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
