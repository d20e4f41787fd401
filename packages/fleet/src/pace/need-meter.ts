import type { AhiClient } from '@ahi-dicom/ahi-client'
import { operations } from '@ahi-dicom/ahi-client/quotas'

import type { AnswerCounts } from './account-rate.ts'
import type { Need } from './fair-shares.ts'
import type { CountsOfOperations, Needs } from './pace-store.ts'

/** The part of a client that the meter reads. */
export type MeasuredClient = Pick<AhiClient, 'requestCounts' | 'secondsPaced'>

/** Rates are averaged over this many intervals to smooth out random variation. */
const intervals = 2

interface Sample {
  readonly at: number
  readonly counts: ReturnType<AhiClient['requestCounts']>
  readonly paced: ReturnType<AhiClient['secondsPaced']>
}

/** Measures the needs of a client from one reading to the next. */
export interface NeedMeter {
  /** Returns the current needs of the client, and its requests since the last call of {@link told}. */
  read(): { readonly needs: Needs; readonly counts: CountsOfOperations }
  /** Marks the last reading as sent, so that its requests are not reported again. */
  told(): void
}

/** Creates the meter of a client. `now` returns the milliseconds of a monotonic clock. */
export function createNeedMeter(client: MeasuredClient, now: () => number): NeedMeter {
  const sample = (): Sample => ({ at: now(), counts: client.requestCounts(), paced: client.secondsPaced() })
  const first = sample()
  let samples: readonly Sample[] = [first]
  let told = first.counts
  return {
    read: () => {
      const current = sample()
      const { needs, counts } = compared(samples, current, told)
      samples = [...samples, current].slice(-intervals)
      return { needs, counts }
    },
    told: () => void (told = samples.at(-1)?.counts ?? told),
  }
}

function compared(samples: readonly Sample[], current: Sample, told: Sample['counts']): ReturnType<NeedMeter['read']> {
  const [oldest = current] = samples
  const last = samples.at(-1) ?? current
  const needs: Record<string, Need> = {}
  const counts: Record<string, AnswerCounts> = {}
  for (const operation of operations) {
    const { requests, throttled } = current.counts[operation] ?? { requests: 0, throttled: 0 }
    const before = told[operation]
    const sent = requests - (before?.requests ?? 0)
    if (sent > 0) counts[operation] = { requests: sent, throttled: throttled - (before?.throttled ?? 0) }
    const used = perSecond(requests - (oldest.counts[operation]?.requests ?? 0), current.at - oldest.at)
    const pacedMs = ((current.paced[operation] ?? 0) - (last.paced[operation] ?? 0)) * 1000
    const waits = current.at > last.at ? Math.min(1, Math.max(0, pacedMs / (current.at - last.at))) : 0
    if (used > 0 || waits > 0) needs[operation] = { used, waits }
  }
  return { needs, counts }
}

function perSecond(count: number, ms: number): number {
  return ms > 0 ? (count * 1000) / ms : 0
}
