import { documentedQuotas, type Quotas } from '@ahi-dicom/ahi-client'
import type { ExportPlan } from './export-plan.ts'

/** How fast an export is: by the bytes of frames that it fetches, or by frames. */
export type TransferRate = { readonly bytesPerSecond: number } | { readonly framesPerSecond: number }

/** How long an export takes, at least. */
export interface DurationEstimate {
  readonly seconds: number
  /** What decides: the operation whose quota lasts longest, or the rate. Undefined if the bursts of the quotas are enough. */
  readonly limit: string | undefined
  /** Seconds that each operation takes by its quota alone. Operations run beside each other. */
  readonly secondsByOperation: Readonly<Record<string, number>>
}

/** Options of {@link estimateSeconds}. */
export interface DurationOptions {
  /** Default: AHI's documented ones. AWS raises them on request. */
  readonly quotas?: Quotas | undefined
  /** A rate that was measured. Default: only the quotas count. */
  readonly rate?: TransferRate | undefined
}

/**
 * Returns how long an export takes at the quotas of AHI, or at a rate if that is slower. Requests of different operations run
 * beside each other, so the slowest one decides. Latency, decoding and writing come on top of quotas.
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

/** Requests of the burst go out at once, the others at the rate. */
function secondsAt(quota: Quotas[string] | undefined, requests: number): number {
  if (quota === undefined) return 0
  return Math.max(0, requests - quota.burst) / quota.rate
}

function secondsOf(rate: TransferRate, planned: { readonly bytes: number; readonly frames: number }): number {
  return 'bytesPerSecond' in rate ? planned.bytes / rate.bytesPerSecond : planned.frames / rate.framesPerSecond
}
