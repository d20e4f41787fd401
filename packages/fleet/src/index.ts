/**
 * Exports a data store of AWS HealthImaging with many machines: runs, their jobs in Redis by BullMQ, workers, one pace
 * for all of them, and the report.
 * @module
 */
export type { JsonObject, JsonValue } from './model/json.ts'
export type { Run, RunRequest } from './model/run.ts'
export type { RedisConnection } from './redis/connection.ts'
