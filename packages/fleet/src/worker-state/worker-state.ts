import { shown } from '../errors.ts'
import { isObject, parseJson } from '../model/read-json.ts'

/** Rates of a worker, over the last half minute. */
export interface WorkRates {
  readonly imageSetsPerSecond: number
  readonly instancesPerSecond: number
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
}

/** A worker that lives, as it tells of itself. */
export interface WorkerState extends WorkRates {
  readonly name: string
  readonly hostname: string
  readonly pid: number
  readonly startedAt: Date
  /** When it told this, by its clock. */
  readonly seenAt: Date
  /** The run that it works on, if there is one. */
  readonly runId?: string | undefined
  /** Jobs that it has. */
  readonly active: number
}

/** Returns whether a text can be the name of a worker. It becomes a part of keys and of paths. */
export function isWorkerName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)
}

/** Returns the text that is stored for a worker. */
export function formatWorkerState(state: WorkerState): string {
  return JSON.stringify({ ...state, startedAt: state.startedAt.getTime(), seenAt: state.seenAt.getTime() })
}

/** Reads what is stored for a worker; `undefined` if no worker wrote it. */
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

/** `Date` knows no later time than 8.64e15. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15
}
