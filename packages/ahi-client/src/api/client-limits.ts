import { type DocumentLimits, resolveDocumentLimits, type ResolvedDocumentLimits } from '@ahi-dicom/ahi-metadata'

import { operations } from '../errors/operations.ts'
import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'
import { checkCount } from './check-count.ts'

/** Limits of the requests of a client. */
export interface ServiceLimitOptions {
  /**
   * Most requests in progress at once, and most sockets kept open. Further requests wait. Default: starts at 64 and
   * grows up to 128 while that brings more requests (1,000 frames a second need 80 connections at 80 ms each).
   */
  readonly maxConnections?: number | undefined
  /** Attempts at one request, including the first. Default 8: about 13 s of back-off on average. */
  readonly maxAttempts?: number | undefined
  /** Silence of the service in milliseconds after which an attempt fails. Default 30 000. */
  readonly requestTimeoutMs?: number | undefined
  /**
   * Longest time in milliseconds to repeat a request that gets 409. AHI answers 409 while it imports. Default 60 000.
   */
  readonly conflictTimeoutMs?: number | undefined
  /**
   * Time in milliseconds that requests wait for a service that has answered before and is now away (unreachable, or
   * answering 503 to everything). Then they fail with an `AhiOutageError`. Default 300 000.
   */
  readonly outageTimeoutMs?: number | undefined
  /** Most time of one attempt in milliseconds. Default 600 000. */
  readonly requestDeadlineMs?: number | undefined
  /**
   * Most time of one attempt at a stream in milliseconds, not counting the time while nobody reads. Default 3 600 000.
   */
  readonly streamDeadlineMs?: number | undefined
  /** Least bytes per second of a body, measured over `requestTimeoutMs`. Default 250. */
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

/** Limits that may be 0: do not repeat after 409, do not wait for an outage, allow any speed. */
const optional: ReadonlySet<string> = new Set(['conflictTimeoutMs', 'outageTimeoutMs', 'minBytesPerSecond'])

/**
 * Returns the limits, with defaults in place of those left out.
 *
 * @throws {TypeError} if a limit is out of range
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
 * Returns the limits of documents, with defaults in place of those left out.
 *
 * @throws {TypeError} if a limit is out of range
 */
export function documentLimitsOf(limits: DocumentLimits = {}): ResolvedDocumentLimits {
  const resolved = resolveDocumentLimits(limits)
  for (const [name, value] of Object.entries(resolved)) checkCount(value, `documentLimits.${name}`, 1)
  return resolved
}

/**
 * Checks and returns the most requests per second by operation.
 *
 * @throws {TypeError} if an operation is unknown or a rate is out of range
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
