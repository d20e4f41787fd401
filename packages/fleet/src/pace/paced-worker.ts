import type { AhiClient, MaxRates, Operation, Quota } from '@ahi-dicom/ahi-client'
import { operations } from '@ahi-dicom/ahi-client/quotas'

import { type AccountRate, judged, rateOf } from './account-rate.ts'
import { fairShares, type Need } from './fair-shares.ts'
import { createNeedMeter, type MeasuredClient } from './need-meter.ts'
import type { CommonKnowledge, Needs, PaceStore } from './pace-store.ts'
import { type AccountRates, formatAccountRates, parseAccountRates } from './pace-text.ts'

/** Each worker tells its needs once in this time, in milliseconds. */
export const tickMs = 500
/** A worker that has not told anything for this many ticks counts as gone. */
const ticksUntilGone = 3

/** The quotas of all operations. */
export type OperationQuotas = Readonly<Record<Operation, Quota>>

/** A client that can be held to a share. */
export type PacedClient = MeasuredClient & Pick<AhiClient, 'limitRates'>

/** Options of {@link createPacedWorker}. */
interface PacedWorkerOptions {
  readonly store: PaceStore
  /** The name of this worker, which no other one has. */
  readonly name: string
  readonly client: PacedClient
  readonly quotas: OperationQuotas
  /** Milliseconds of any clock that goes evenly. */
  readonly now: () => number
}

/** One worker's part of the pace. */
export interface PacedWorker {
  /** Tells the needs of the client, reads those of the others, and limits the client to its share. */
  tick(): Promise<void>
  /** The store cannot be reached: the share stays, and is no more than an equal part for each worker that was there last. */
  alone(): void
  /** The share in requests a second, by operation. */
  rates(): MaxRates
}

const nothing: Need = { used: 0, waits: 0 }

/** Makes the part of one worker. Until the second tick its client gets as much as who begins beside one that is busy. */
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
        // The others hold all of the rate until they have heard of this worker.
        isNew = false
        return
      }
      const place = present.findIndex((worker) => worker.name === name)
      hold((operation, rate) => fairShares(rate, needsOf(operation, all))[place])
    },
    alone: () => {
      // The store may come back with nothing in it.
      isNew = true
      hold((operation, rate) => Math.min(rates[operation] ?? 0, rate / workers))
    },
    rates: () => rates,
  }
}

/** Computes the rates of the account and stores them. If another worker was faster, its rates hold. */
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
