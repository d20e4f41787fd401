import { FleetError } from '../errors.ts'

/** Returns the error for a run that takes no jobs. */
export function runCancelled(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_CANCELLED',
    `Cannot go on with run ${runId}: it was cancelled; submit it again to take it up`,
    { runId },
  )
}
