import type { Connection } from './medical-imaging.ts'
import { ServiceFailure } from '../errors/service-failure.ts'

/** AWS refuses signatures whose time is five minutes off. */
const toleratedMs = 4 * 60_000

/**
 * When a signature was refused and the clock of AWS is far from the one it was made by: sets the clock of the
 * connection and returns the failure as one that may be repeated. Otherwise returns `error`.
 */
export function retryableByServerTime(error: unknown, connection: Connection): unknown {
  if (!(error instanceof ServiceFailure) || error.serverTimeMs === undefined) return error
  const offsetMs = error.serverTimeMs - Date.now()
  if (!(Math.abs(offsetMs - connection.clockOffsetMs) > toleratedMs)) return error
  connection.clockOffsetMs = offsetMs
  const { code, message, statusCode, requestId, serviceMessage } = error
  return new ServiceFailure(code, message, { statusCode, requestId, serviceMessage, retryable: true })
}
