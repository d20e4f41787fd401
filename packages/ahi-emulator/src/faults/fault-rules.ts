import { FaultRulesError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../operation/json-body.ts'
import { serviceErrorTypes, type ServiceErrorType } from '../operation/service-error.ts'

/** A time in milliseconds: fixed, evenly distributed between two bounds, or normally distributed (never below 0). */
export type Duration =
  | number
  | { readonly least: number; readonly greatest: number }
  | { readonly mean: number; readonly deviation: number }

/** A fault to inject into a request. */
export type Fault =
  /** Answers with an error of the service, such as `ThrottlingException`. */
  | { readonly kind: 'error'; readonly code: ServiceErrorType; readonly message?: string | undefined }
  /** Delays the first byte of the answer. */
  | { readonly kind: 'latency'; readonly ms: Duration }
  /** Limits the bandwidth of the body. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Resets the connection instead of answering. */
  | { readonly kind: 'reset' }
  /** Ends the connection within the body, after this many bytes. Default: at a random place. */
  | { readonly kind: 'cut'; readonly afterBytes?: number | undefined }
  /** Shortens the body, with a matching Content-Length. Default: to a random length. */
  | { readonly kind: 'truncate'; readonly afterBytes?: number | undefined }
  /** Inverts this many bytes of the body. Default 1. */
  | { readonly kind: 'corrupt'; readonly bytes?: number | undefined }

/** A fault, and the requests that it is injected into. */
export interface FaultRule {
  /** Operation names from the API, such as `GetImageFrame`. Default: all operations. */
  readonly operations?: readonly string[] | undefined
  /** Share of the matching requests, from 0 to 1. Default 1: every request. */
  readonly rate?: number | undefined
  /** Number of matching requests that pass first. Default 0. */
  readonly after?: number | undefined
  /** Most requests that get the fault. Default: no limit. */
  readonly times?: number | undefined
  /** Number of matching requests in a row that get the fault each time. Default 1. */
  readonly burst?: number | undefined
  readonly fault: Fault
}

/** Fault rules, which all apply to every request, and the seed of the random numbers. */
export interface FaultRules {
  /** The same seed and requests give the same faults. Default 1. */
  readonly seed?: number | undefined
  readonly rules: readonly FaultRule[]
}

/**
 * Validates rules from outside: from a file, or from a request to the admin endpoint.
 * @throws {FaultRulesError} if a member is invalid; the message names the first one
 * @example
 * import { parseFaultRules, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * const text = '{ "rules": [{ "operations": ["GetImageFrame"], "times": 1, "fault": { "kind": "cut" } }] }'
 * await using ahi = await startEmulator({ faults: parseFaultRules(JSON.parse(text)) })
 */
export function parseFaultRules(value: unknown): FaultRules {
  const top = object(value, 'the rules')
  rejectUnknownMembers(top, 'the rules', ['seed', 'rules'])
  const { rules } = top
  if (!Array.isArray(rules)) throw invalid('rules', 'an array')
  return {
    seed: optionalNumber(top, 'seed', { path: 'seed', least: 0, isWhole: true }),
    rules: rules.map((rule, index) => parseRule(rule, `rules[${index}]`)),
  }
}

function parseRule(value: unknown, path: string): FaultRule {
  const rule = object(value, path)
  rejectUnknownMembers(rule, path, ['operations', 'rate', 'after', 'times', 'burst', 'fault'])
  const { operations } = rule
  if (operations !== undefined && !isTextArray(operations)) throw invalid(`${path}.operations`, 'an array of names')
  const count = (name: string, least: number): number | undefined =>
    optionalNumber(rule, name, { path: `${path}.${name}`, least, isWhole: true })
  return {
    operations,
    rate: optionalNumber(rule, 'rate', { path: `${path}.rate`, least: 0, greatest: 1 }),
    after: count('after', 0),
    times: count('times', 0),
    burst: count('burst', 1),
    fault: parseFault(rule['fault'], `${path}.fault`),
  }
}

function parseFault(value: unknown, path: string): Fault {
  const fault = object(value, path)
  const { kind } = fault
  const reader = typeof kind === 'string' ? faultReaders[kind] : undefined
  if (reader === undefined) throw invalid(`${path}.kind`, `one of ${Object.keys(faultReaders).join(', ')}`)
  rejectUnknownMembers(fault, path, ['kind', ...reader.members])
  return reader.read(fault, path)
}

interface FaultReader {
  readonly members: readonly string[]
  read(fault: JsonObject, path: string): Fault
}

const faultReaders: Readonly<Record<string, FaultReader>> = {
  error: { members: ['code', 'message'], read: parseError },
  latency: { members: ['ms'], read: ({ ms }, path) => ({ kind: 'latency', ms: parseDuration(ms, `${path}.ms`) }) },
  bandwidth: {
    members: ['bytesPerSecond'],
    read: ({ bytesPerSecond }, path) => ({
      kind: 'bandwidth',
      bytesPerSecond: requiredNumber(bytesPerSecond, { path: `${path}.bytesPerSecond`, least: 1 }),
    }),
  },
  reset: { members: [], read: () => ({ kind: 'reset' }) },
  cut: { members: ['afterBytes'], read: (fault, path) => ({ kind: 'cut', afterBytes: afterBytes(fault, path) }) },
  truncate: {
    members: ['afterBytes'],
    read: (fault, path) => ({ kind: 'truncate', afterBytes: afterBytes(fault, path) }),
  },
  corrupt: {
    members: ['bytes'],
    read: (fault, path) => ({
      kind: 'corrupt',
      bytes: optionalNumber(fault, 'bytes', { path: `${path}.bytes`, least: 1, isWhole: true }),
    }),
  },
}

function parseError({ code, message }: JsonObject, path: string): Fault {
  const known = serviceErrorTypes.find((type) => type === code)
  if (known === undefined) throw invalid(`${path}.code`, `one of ${serviceErrorTypes.join(', ')}`)
  if (message !== undefined && typeof message !== 'string') throw invalid(`${path}.message`, 'text')
  return { kind: 'error', code: known, message }
}

function parseDuration(value: unknown, path: string): Duration {
  if (!isJsonObject(value)) return requiredNumber(value, { path, least: 0 })
  const member = (name: string): number => requiredNumber(value[name], { path: `${path}.${name}`, least: 0 })
  if ('mean' in value) {
    rejectUnknownMembers(value, path, ['mean', 'deviation'])
    return { mean: member('mean'), deviation: member('deviation') }
  }
  rejectUnknownMembers(value, path, ['least', 'greatest'])
  return { least: member('least'), greatest: member('greatest') }
}

function afterBytes(fault: JsonObject, path: string): number | undefined {
  return optionalNumber(fault, 'afterBytes', { path: `${path}.afterBytes`, least: 0, isWhole: true })
}

interface NumberBounds {
  readonly path: string
  readonly least: number
  readonly greatest?: number
  readonly isWhole?: boolean
}

function optionalNumber(from: JsonObject, name: string, bounds: NumberBounds): number | undefined {
  return from[name] === undefined ? undefined : requiredNumber(from[name], bounds)
}

function requiredNumber(value: unknown, { path, least, greatest = Infinity, isWhole = false }: NumberBounds): number {
  const isNumber = typeof value === 'number' && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value))
  if (isNumber && value >= least && value <= greatest) return value
  const upper = greatest === Infinity ? 'at least' : `from ${least} to`
  throw invalid(path, `a ${isWhole ? 'whole ' : ''}number ${upper} ${greatest === Infinity ? least : greatest}`)
}

function object(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value
  throw invalid(path, 'an object')
}

/** Rejects unknown members: a rule with a misspelt member would not do what its author meant. */
function rejectUnknownMembers(value: JsonObject, path: string, members: readonly string[]): void {
  const unknownMember = Object.keys(value).find((name) => !members.includes(name))
  if (unknownMember !== undefined)
    throw new FaultRulesError(`${path} has the member \`${unknownMember}\`, but only ${members.join(', ')} are known`)
}

function isTextArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function invalid(path: string, expected: string): FaultRulesError {
  return new FaultRulesError(`${path} must be ${expected}`)
}
