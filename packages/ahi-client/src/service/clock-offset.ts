import { ServiceFailure } from '../errors/service-failure.ts'

/** Milliseconds to add to the clock of this machine to get the time of AWS. Threads may share it. */
export interface ClockOffset {
  ms: number
}

/** Error of the clock that is tolerated. AWS refuses signatures that are five minutes off. */
const toleratedMs = 4 * 60_000

/** Creates the memory of a clock offset, which starts at 0. */
export function createClockOffsetMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
}

/** Creates the clock offset that is kept in `memory`. */
export function createClockOffset(memory: SharedArrayBuffer): ClockOffset {
  const word = new BigInt64Array(memory)
  return {
    get ms() {
      return Number(Atomics.load(word, 0))
    },
    set ms(offset) {
      Atomics.store(word, 0, BigInt(Math.round(offset)))
    },
  }
}

/**
 * Corrects the clock offset if a signature was refused because this machine's clock is far from AWS's clock. Then
 * returns the failure as retryable. Otherwise returns `error`. `signedOffsetMs` is the offset that the request was
 * signed with, since other requests may have corrected the offset in between.
 */
export function retryableByServerTime(error: unknown, clockOffset: ClockOffset, signedOffsetMs: number): unknown {
  if (!(error instanceof ServiceFailure) || error.serverTimeMs === undefined) return error
  const offsetMs = error.serverTimeMs - Date.now()
  if (!(Math.abs(offsetMs - signedOffsetMs) > toleratedMs)) return error
  clockOffset.ms = offsetMs
  const { code, message, statusCode, requestId, serviceMessage } = error
  return new ServiceFailure(code, message, { statusCode, requestId, serviceMessage, retryable: true })
}
