import type { AhiClient, MaxRates, Operation, Quota } from '@ahi-dicom/ahi-client'
import { operations } from '@ahi-dicom/ahi-client/quotas'

import { type AccountRate, judged, rateOf } from './account-rate.ts'
import { fairShares, type Need } from './fair-shares.ts'
import { createNeedMeter, type MeasuredClient } from './need-meter.ts'
import type { CommonKnowledge, Needs, PaceStore } from './pace-store.ts'
import { type AccountRates, formatAccountRates, parseAccountRates } from './pace-text.ts'

/** Milliseconds between two messages of a worker. */
export const tickMs = 500
/** A worker that has sent no message for this many ticks counts as gone. */
const ticksUntilGone = 3

/** The quotas of all operations. */
export type OperationQuotas = Readonly<Record<Operation, Quota>>

/** The part of an {@link AhiClient} that the pace measures and limits. */
export type PacedClient = MeasuredClient & Pick<AhiClient, 'limitRates'>

/** Options of {@link createPacedWorker}. */
interface PacedWorkerOptions {
  readonly store: PaceStore
  /** Unique name of this worker. */
  readonly name: string
  readonly client: PacedClient
  readonly quotas: OperationQuotas
  /** Returns the milliseconds of a monotonic clock. */
  readonly now: () => number
}

/** One worker's part of the pace. */
export interface PacedWorker {
  /** Sends the client's needs, reads the needs of the other workers, and limits the client to its share. */
  tick(): Promise<void>
  /**
   * Call it if the store cannot be reached. The client keeps its share, but at most the rate divided by the number of workers
   * at the last tick.
   */
  alone(): void
  /** Returns the share in requests per second, by operation. */
  rates(): MaxRates
}

const nothing: Need = { used: 0, waits: 0 }

/**
 * Creates one worker's part of the pace. Until the second tick, the client gets the small share of an idle worker beside a
 * busy one.
 */
export function createPacedWorker({ store, name, client, quotas, now }: PacedWorkerOptions): PacedWorker {
  const meter = createNeedMeter(client, now)
  let account: AccountRates = {}
  let workers = 1
  let isNew = true
  let rates: MaxRates = {}

  function hold(shareOf: (operation: Operation, rate: number) => number | undefined): void {
    const shares = operations.map((operation) => {
      const rate = rateOf(account[operation], quotas[operation].rate)
      return [operation, shareOf(operation, rate) ?? rates[operation]] as const
    })
    rates = Object.fromEntries(shares)
    client.limitRates(rates)
  }

  hold((_, rate) => fairShares(rate, [nothing, { used: 0, waits: 1 }])[0])
  return {
    tick: async () => {
      const { needs, counts } = meter.read()
      const known = await store.tell({ name, needs, counts })
      meter.told()
      const present = known.workers.filter(({ at }) => known.now - at <= ticksUntilGone * tickMs)
      const all = present.map((worker) => worker.needs)
      account = await judgeTogether(store, known, all, quotas)
      workers = Math.max(1, present.length)
      if (isNew) {
        // The other workers share the whole rate among themselves until their next tick.
        isNew = false
        return
      }
      const place = present.findIndex((worker) => worker.name === name)
      hold((operation, rate) => fairShares(rate, needsOf(operation, all))[place])
    },
    alone: () => {
      // The store may have lost its data when it comes back, and the others may not know this worker then.
      isNew = true
      hold((operation, rate) => Math.min(rates[operation] ?? 0, rate / workers))
    },
    rates: () => rates,
  }
}

/** Computes the account's rates and stores them. If another worker stored its rates first, returns those. */
async function judgeTogether(
  store: PaceStore,
  known: CommonKnowledge,
  all: readonly Needs[],
  quotas: OperationQuotas,
): Promise<AccountRates> {
  const before = parseAccountRates(known.account)
  const after: Partial<Record<Operation, AccountRate>> = { ...before }
  for (const operation of operations) {
    const counts = known.counts[operation]
    if (counts === undefined) continue
    const isWaitedFor = all.some((needs) => (needs[operation]?.waits ?? 0) > 0)
    after[operation] = judged(before[operation], { ...counts, now: known.now, isWaitedFor }, quotas[operation].rate)
  }
  if (operations.every((operation) => after[operation] === before[operation])) return before
  return parseAccountRates(await store.exchange(known.account, formatAccountRates(after)))
}

function needsOf(operation: Operation, all: readonly Needs[]): Need[] {
  return all.map((needs) => needs[operation] ?? nothing)
}
