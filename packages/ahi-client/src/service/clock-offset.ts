import { ServiceFailure } from '../errors/service-failure.ts'

/** What is added to the clock of this machine to get that of AWS, in milliseconds. Threads may share it. */
export interface ClockOffset {
  ms: number
}

/** AWS refuses signatures whose time is five minutes off. */
const toleratedMs = 4 * 60_000

/** Makes the memory of a clock offset of 0. */
export function createClockOffsetMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
}

/** Makes the clock offset that is kept in `memory`. */
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
 * When a signature was refused and the clock of AWS is far from the one it was made by: sets the clock offset and
 * returns the failure as one that may be repeated. Otherwise returns `error`. `signedOffsetMs` is the offset that the
 * request was signed with: other requests, refused before it, may have set the offset meanwhile.
 */
export function retryableByServerTime(error: unknown, clockOffset: ClockOffset, signedOffsetMs: number): unknown {
  if (!(error instanceof ServiceFailure) || error.serverTimeMs === undefined) return error
  const offsetMs = error.serverTimeMs - Date.now()
  if (!(Math.abs(offsetMs - signedOffsetMs) > toleratedMs)) return error
  clockOffset.ms = offsetMs
  const { code, message, statusCode, requestId, serviceMessage } = error
  return new ServiceFailure(code, message, { statusCode, requestId, serviceMessage, retryable: true })
}
