/**
 * Exports a data store of AWS HealthImaging with many machines. BullMQ keeps the jobs of each run in Redis, workers on any
 * number of machines do them and share the request quotas of the account, and a report merges their records.
 * @module
 */
export type { JobCounts, RunStatus } from './control/status.ts'
export { FleetError } from './errors.ts'
export type { FleetErrorCode, FleetErrorOptions } from './errors.ts'
export { createFleet } from './fleet.ts'
export type { Fleet, FleetOptions } from './fleet.ts'
export type { JsonObject, JsonMember } from './model/json.ts'
export type { Run, RunRequest, RunState } from './model/run.ts'
export type { PacedClient } from './pace/paced-worker.ts'
export type { RedisConnection } from './redis/connection.ts'
export type { RedisServer, RedisWarning } from './redis/server-info.ts'
export type { FleetReport, FleetSummary, FleetTotals, ReportOptions } from './report/report-options.ts'
export type { SubmitOptions, SubmitProgress, SubmittedRun } from './submit/submit-options.ts'
export type { WorkerState, WorkRates } from './worker-state/worker-state.ts'
export { checkFleetLayout, checkFleetSeriesLayout } from './work/check-run-export.ts'
export type { WorkEvent } from './work/work-event.ts'
export type { OpenRun, RefusedRun, RunExport, RunPlace, WorkOptions, WorkSummary } from './work/work-options.ts'
