import { FleetError } from '../errors.ts'

/** Returns the error for a run that was cancelled. */
export function runCancelled(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_CANCELLED',
    `Cannot continue run ${runId}: it was cancelled; submit it again to continue it`,
    { runId },
  )
}
