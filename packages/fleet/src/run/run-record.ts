import { FleetError } from '../errors.ts'
import { isObject, parseJson } from '../model/read-json.ts'
import type { Run, RunState } from '../model/run.ts'
import { runIdOf } from './run-id.ts'

/** Returns the JSON to store for a run. */
export function formatRun(run: Run): string {
  const { datastoreId, destination, settings, state, instancesPerPart } = run
  const createdAt = run.createdAt.toISOString()
  const reportedAt = run.reportedAt?.toISOString()
  return JSON.stringify({ datastoreId, destination, settings, state, instancesPerPart, createdAt, reportedAt })
}

/**
 * Parses the stored JSON of a run.
 * @throws {FleetError} `FLEET_RUN_MALFORMED` if this package did not write the text for the run with this id
 */
export function parseRun(id: string, text: string): Run {
  const run = readRun(id, text)
  if (run === undefined) {
    throw new FleetError(
      'FLEET_RUN_MALFORMED',
      `Cannot read run ${id}: its data in Redis was not written by this version of the fleet; submit it again with another prefix`,
      { runId: id },
    )
  }
  return run
}

function readRun(id: string, text: string): Run | undefined {
  const value = parseJson(text)
  if (!isObject(value)) return undefined
  const { datastoreId, destination, settings, state, instancesPerPart } = value
  const createdAt = dateOf(value['createdAt'])
  const reportedAt = dateOf(value['reportedAt'])
  if (typeof datastoreId !== 'string' || typeof destination !== 'string' || !isObject(settings)) return undefined
  if (!isState(state) || createdAt === undefined || !isPartSize(instancesPerPart)) return undefined
  if (value['reportedAt'] !== undefined && reportedAt === undefined) return undefined
  // The id is a digest of the request, so a changed request no longer matches it.
  if (runIdOf({ datastoreId, destination, settings }) !== id) return undefined
  return { id, datastoreId, destination, settings, state, instancesPerPart, createdAt, reportedAt }
}

function isState(value: unknown): value is RunState {
  return value === 'submitting' || value === 'submitted' || value === 'cancelled'
}

/** Returns whether a value is valid as `instancesPerPart`. */
export function isPartSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date
}
