import { shown } from '../errors.ts'
import { isObject, parseJson } from '../model/read-json.ts'

/** Rates of a worker over the last 30 seconds. */
export interface WorkRates {
  readonly imageSetsPerSecond: number
  readonly instancesPerSecond: number
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
}

/** The state that a live worker reports about itself. */
export interface WorkerState extends WorkRates {
  readonly name: string
  readonly hostname: string
  readonly pid: number
  readonly startedAt: Date
  /** Time of this report, by the worker's clock. */
  readonly seenAt: Date
  /** The run that it works on at the moment. */
  readonly runId?: string | undefined
  /** Number of jobs that it is doing. */
  readonly active: number
}

/** Returns whether a text is a valid worker name. Names become part of keys and paths. */
export function isWorkerName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)
}

/** Returns the JSON to store for a worker. */
export function formatWorkerState(state: WorkerState): string {
  return JSON.stringify({ ...state, startedAt: state.startedAt.getTime(), seenAt: state.seenAt.getTime() })
}

/** Parses the stored JSON of a worker. Returns `undefined` if it is malformed. */
export function parseWorkerState(name: string, text: string): WorkerState | undefined {
  const value = parseJson(text)
  if (!isWorkerName(name) || !isObject(value)) return undefined
  const members = new Map<string, unknown>(Object.entries(value))
  const hostname = members.get('hostname')
  const runId = members.get('runId')
  const numbers = numberNames.map((member) => members.get(member))
  if (typeof hostname !== 'string' || !numbers.every(isAmount)) return undefined
  if (runId !== undefined && (typeof runId !== 'string' || !/^[0-9a-f]{16}$/.test(runId))) return undefined
  const [pid = 0, active = 0, startedAt = 0, seenAt = 0, imageSets = 0, instances = 0, frames = 0, bytes = 0] = numbers
  return {
    name,
    hostname: shown(hostname),
    pid,
    startedAt: new Date(startedAt),
    seenAt: new Date(seenAt),
    runId,
    active,
    imageSetsPerSecond: imageSets,
    instancesPerSecond: instances,
    framesPerSecond: frames,
    bytesPerSecond: bytes,
  }
}

const numberNames = [
  'pid',
  'active',
  'startedAt',
  'seenAt',
  'imageSetsPerSecond',
  'instancesPerSecond',
  'framesPerSecond',
  'bytesPerSecond',
] as const

/** Returns whether a value is a number from 0 to 8.64e15, the latest time of a `Date`. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15
}
