import { type DocumentLimits, resolveDocumentLimits, type ResolvedDocumentLimits } from '@ahi-dicom/ahi-metadata'

import { operations } from '../errors/operations.ts'
import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'
import { checkCount } from './check-count.ts'

/** Bounds of the requests of a client. */
export interface ServiceLimitOptions {
  /**
   * Requests under way at once, and sockets kept open; further requests wait. Default: 64, which grows up to 128 while that
   * brings more requests (1000 frames a second need 80 of them at 80 ms each).
   */
  readonly maxConnections?: number | undefined
  /** Attempts at one request, the first included. Default 8: about 13 s of back-off on average. */
  readonly maxAttempts?: number | undefined
  /** How long the service may be silent before an attempt is given up, in milliseconds. Default 30 000. */
  readonly requestTimeoutMs?: number | undefined
  /** How long a read goes on meeting 409, which AHI answers while it imports, in milliseconds. Default 60 000. */
  readonly conflictTimeoutMs?: number | undefined
  /**
   * How long requests wait for a service that has answered before and is away (unreachable, or 503 to all), in
   * milliseconds. Then they fail with an `AhiOutageError`. Default 300 000.
   */
  readonly outageTimeoutMs?: number | undefined
  /** How long one attempt may take in all, in milliseconds. Default 600 000. */
  readonly requestDeadlineMs?: number | undefined
  /** As `requestDeadlineMs`, for streams. Time in which nobody reads does not count. Default 3 600 000. */
  readonly streamDeadlineMs?: number | undefined
  /** The least bytes of a body in a second, measured over `requestTimeoutMs`. Default 250. */
  readonly minBytesPerSecond?: number | undefined
  /** Most bytes of a frame that is read into memory. Default 1 GiB. */
  readonly maxFrameByteLength?: number | undefined
  /** Most bytes of a frame or an instance that is read as a stream. Default 8 GiB. */
  readonly maxStreamByteLength?: number | undefined
}

const defaults: ServiceLimits = {
  maxConnections: 128,
  firstConnections: 64,
  maxAttempts: 8,
  requestTimeoutMs: 30_000,
  conflictTimeoutMs: 60_000,
  outageTimeoutMs: 300_000,
  requestDeadlineMs: 600_000,
  streamDeadlineMs: 3_600_000,
  minBytesPerSecond: 250,
  maxFrameByteLength: 2 ** 30,
  maxStreamByteLength: 2 ** 33,
}

/** These may be 0: a conflict is not repeated, an outage not waited for, a body may be as slow as it likes. */
const optional: ReadonlySet<string> = new Set(['conflictTimeoutMs', 'outageTimeoutMs', 'minBytesPerSecond'])

/**
 * Returns the bounds with the defaults for those that are left out.
 * @throws {TypeError} for one that is out of range
 */
export function serviceLimits(options: ServiceLimitOptions): ServiceLimits {
  const {
    maxConnections = defaults.maxConnections,
    maxAttempts = defaults.maxAttempts,
    requestTimeoutMs = defaults.requestTimeoutMs,
    conflictTimeoutMs = defaults.conflictTimeoutMs,
    outageTimeoutMs = defaults.outageTimeoutMs,
    requestDeadlineMs = defaults.requestDeadlineMs,
    streamDeadlineMs = defaults.streamDeadlineMs,
    minBytesPerSecond = defaults.minBytesPerSecond,
    maxFrameByteLength = defaults.maxFrameByteLength,
    maxStreamByteLength = defaults.maxStreamByteLength,
  } = options
  const limits = {
    maxConnections,
    firstConnections: options.maxConnections ?? defaults.firstConnections,
    maxAttempts,
    requestTimeoutMs,
    conflictTimeoutMs,
    outageTimeoutMs,
    requestDeadlineMs,
    streamDeadlineMs,
    minBytesPerSecond,
    maxFrameByteLength,
    maxStreamByteLength,
  }
  for (const [name, value] of Object.entries(limits)) checkCount(value, name, optional.has(name) ? 0 : 1)
  return limits
}

/**
 * Returns the limits of documents with their defaults.
 * @throws {TypeError} for one that is out of range
 */
export function documentLimitsOf(limits: DocumentLimits = {}): ResolvedDocumentLimits {
  const resolved = resolveDocumentLimits(limits)
  for (const [name, value] of Object.entries(resolved)) checkCount(value, `documentLimits.${name}`, 1)
  return resolved
}

/**
 * Returns the most requests a second of each operation that has such a limit.
 * @throws {TypeError} for an operation that is not known, and for a rate that is out of range
 */
export function maxRatesOf(rates: MaxRates = {}, name: string = 'maxRates'): MaxRates {
  for (const [operation, rate] of Object.entries(rates)) {
    if (!operations.some((known) => known === operation)) {
      const known = operations.join(', ')
      throw new TypeError(`Expected \`${name}\` to name operations (${known}), got ${JSON.stringify(operation)}`)
    }
    if (rate > 0 && rate <= mostRate) continue
    throw new TypeError(`Expected \`${name}.${operation}\` to be above 0 and at most ${mostRate}, got \`${rate}\``)
  }
  return rates
}

const mostRate = 1_000_000
