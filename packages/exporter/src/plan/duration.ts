import { documentedQuotas, type Quotas } from '@ahi-dicom/ahi-client'
import type { ExportPlan } from './export-plan.ts'

/** The speed of an export, in fetched bytes or in frames. */
export type TransferRate = { readonly bytesPerSecond: number } | { readonly framesPerSecond: number }

/** The shortest duration of an export. */
export interface DurationEstimate {
  readonly seconds: number
  /**
   * The limiting factor: the operation whose quota takes longest, or `rate`. Undefined if the bursts of the quotas
   * cover all requests.
   */
  readonly limit: string | undefined
  /** Seconds that each operation takes at its quota. Operations run in parallel. */
  readonly secondsByOperation: Readonly<Record<string, number>>
}

/** Options of {@link estimateSeconds}. */
export interface DurationOptions {
  /** Default: AHI's documented quotas. AWS raises them on request. */
  readonly quotas?: Quotas | undefined
  /** A measured rate. Default: only the quotas limit the export. */
  readonly rate?: TransferRate | undefined
}

/**
 * Returns how long an export takes at AHI's quotas, or at a given rate if that is slower. Operations run in parallel,
 * so the slowest one decides. Latency, decoding and writing take additional time.
 *
 * @example
 * import { estimateSeconds } from '@ahi-dicom/exporter'
 *
 * const plan = await exporter.plan({ datastoreId, selectors: 'all' })
 * console.log(estimateSeconds(plan, { rate: { bytesPerSecond: 100e6 } }).seconds)
 */
export function estimateSeconds(
  { requests, bytesToFetch, frames }: Pick<ExportPlan, 'requests' | 'bytesToFetch' | 'frames'>,
  { quotas = documentedQuotas, rate }: DurationOptions = {},
): DurationEstimate {
  const secondsByOperation = Object.fromEntries(
    Object.entries(requests).map(([operation, count]) => [operation, secondsAt(quotas[operation], count)]),
  )
  const limits = Object.entries(secondsByOperation)
  if (rate !== undefined) limits.push(['rate', secondsOf(rate, { bytes: bytesToFetch.bytes, frames })])
  const [limit, seconds] = limits.reduce(
    (longest, candidate) => (candidate[1] > longest[1] ? candidate : longest),
    ['', 0],
  )
  return { seconds, limit: limit === '' ? undefined : limit, secondsByOperation }
}

/** Returns the seconds that requests take at a quota. The burst is sent at once, the rest at the rate. */
function secondsAt(quota: Quotas[string] | undefined, requests: number): number {
  if (quota === undefined) return 0
  return Math.max(0, requests - quota.burst) / quota.rate
}

function secondsOf(rate: TransferRate, planned: { readonly bytes: number; readonly frames: number }): number {
  return 'bytesPerSecond' in rate ? planned.bytes / rate.bytesPerSecond : planned.frames / rate.framesPerSecond
}
