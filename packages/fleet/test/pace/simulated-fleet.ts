import type { MaxRates, Operation, Quota } from '@ahi-dicom/ahi-client'
import { operations } from '@ahi-dicom/ahi-client/quotas'

import { createPacedWorker, type PacedWorker, type OperationQuotas, tickMs } from '../../src/pace/paced-worker.ts'
import type { CommonKnowledge, Needs, PaceStore, Telling } from '../../src/pace/pace-store.ts'

/** Creates a store in memory. `now` is its clock. */
export function memoryStore(now: () => number): PaceStore & { isAway: boolean; exchanges: number } {
  const workers = new Map<string, { readonly name: string; readonly at: number; readonly needs: Needs }>()
  const counts: Partial<Record<Operation, { requests: number; throttled: number }>> = {}
  let account = ''
  const store = {
    isAway: false,
    exchanges: 0,
    tell: async (telling: Telling): Promise<CommonKnowledge> => {
      if (store.isAway) throw new Error('away')
      workers.set(telling.name, { name: telling.name, at: now(), needs: telling.needs })
      for (const operation of operations) {
        const told = telling.counts[operation]
        if (told === undefined) continue
        const sum = (counts[operation] ??= { requests: 0, throttled: 0 })
        sum.requests += told.requests
        sum.throttled += told.throttled
      }
      const inOrder = [...workers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
      return { now: now(), workers: inOrder, counts: structuredClone(counts), account }
    },
    exchange: async (previous: string, next: string): Promise<string> => {
      if (account === previous) {
        account = next
        store.exchanges += 1
      }
      return account
    },
    leave: async (name: string): Promise<void> => void workers.delete(name),
  }
  return store
}

/** Requests in one second of the simulation. */
export interface SecondOfFleet {
  /** Requests that the service accepted. */
  readonly taken: number
  readonly throttled: number
  /** Accepted requests of each worker. */
  readonly byWorker: readonly number[]
}

/** One simulated worker. */
export interface SimulatedWorker {
  /** Requests per second that it would send. Infinity: as many as it may. */
  wants: number
  /** A dead worker sends neither requests nor messages. */
  isDead: boolean
  readonly pace: PacedWorker
  /** Returns its share of the operation. */
  share(): number
}

/** Workers and the service on one clock. */
export interface SimulatedFleet {
  workers: readonly SimulatedWorker[]
  readonly store: ReturnType<typeof memoryStore>
  /** The rate and burst that the service accepts. May be changed at any time. */
  real: Quota
  /** Simulates this many seconds, and returns the counts of each. */
  pass(seconds: number): Promise<SecondOfFleet[]>
  add(wants: number): SimulatedWorker
}

interface Sender {
  readonly worker: SimulatedWorker
  /** Sends the requests that it may send in one step of the clock. */
  send(): void
  tick(): Promise<void>
  /** Requests that the service accepted. */
  taken: number
}

/** A step of the clock in milliseconds. */
const stepMs = 10
/** A client catches up on requests that are late by up to this many milliseconds. */
const catchUpMs = 100
const retryMs = 300

/** Simulates workers that send requests of one operation. Their clients keep to their shares like the real client. */
export function simulatedFleet(options: {
  readonly operation: Operation
  readonly quotas: OperationQuotas
  /** The rate and burst that the service accepts. Default: the quota. */
  readonly real?: Quota
  readonly wants: readonly number[]
  /** Share of requests that are throttled at any rate, 0 to 1. */
  readonly noise?: number
}): SimulatedFleet {
  const { operation, quotas, noise = 0 } = options
  let nowMs = 1_000_000
  let seed = 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const store = memoryStore(() => nowMs)
  const sending: Sender[] = []
  let tokens = (options.real ?? quotas[operation]).burst
  let throttledInAll = 0

  const fleet: SimulatedFleet = {
    workers: [],
    store,
    real: options.real ?? quotas[operation],
    pass: async (seconds) => {
      const told: SecondOfFleet[] = []
      for (let second = 0; second < seconds; second += 1) {
        const before = { taken: sending.map(({ taken }) => taken), throttled: throttledInAll }
        for (let ms = 0; ms < 1000; ms += stepMs) await step()
        const byWorker = sending.map(({ taken }, index) => taken - (before.taken[index] ?? 0))
        const taken = byWorker.reduce((sum, count) => sum + count, 0)
        told.push({ taken, throttled: throttledInAll - before.throttled, byWorker })
      }
      return told
    },
    add: addWorker,
  }

  async function step(): Promise<void> {
    nowMs += stepMs
    tokens = Math.min(fleet.real.burst, tokens + (fleet.real.rate * stepMs) / 1000)
    for (const [index, sender] of sending.entries()) {
      if (sender.worker.isDead) continue
      // The workers tick at different times.
      if ((nowMs + index * 70) % tickMs < stepMs) await sender.tick()
      sender.send()
    }
  }

  function isTaken(): boolean {
    if (random() < noise) return false
    if (tokens < 1) return false
    tokens -= 1
    return true
  }

  function addWorker(wants: number): SimulatedWorker {
    let limits: MaxRates = {}
    const counts = { requests: 0, repeated: 0, throttled: 0, secondsWaited: 0, bytes: 0 }
    let paced = 0
    let credit = 0
    let backlog = 0
    const retries: number[] = []
    const client = {
      limitRates: (rates: MaxRates) => void (limits = rates),
      requestCounts: () => ({ [operation]: { ...counts } }),
      secondsPaced: () => ({ [operation]: paced }),
    }
    const pace = createPacedWorker({ store, name: `w${sending.length}`, client, quotas, now: () => nowMs })
    const worker: SimulatedWorker = { wants, isDead: false, pace, share: () => limits[operation] ?? Infinity }
    const entry = {
      worker,
      taken: 0,
      tick: async () => pace.tick().catch(() => pace.alone()),
      send: () => {
        const limit = worker.share()
        const earned = (limit * stepMs) / 1000
        credit = Math.min(Math.max(1 + earned, (limit * catchUpMs) / 1000), credit + earned)
        // Requests arrive at random, with `wants` as their mean rate.
        backlog += worker.wants === Infinity ? 0 : (worker.wants * stepMs * 2 * random()) / 1000
        while (retries[0] !== undefined && retries[0] <= nowMs) {
          retries.shift()
          backlog += 1
        }
        const wish = worker.wants === Infinity ? Infinity : Math.floor(backlog)
        const count = Math.min(Math.floor(credit), wish)
        credit -= count
        if (worker.wants !== Infinity) backlog -= count
        if (wish > count) paced += stepMs / 1000
        for (let request = 0; request < count; request += 1) {
          counts.requests += 1
          if (isTaken()) entry.taken += 1
          else {
            counts.throttled += 1
            throttledInAll += 1
            retries.push(nowMs + retryMs)
          }
        }
      },
    }
    sending.push(entry)
    fleet.workers = sending.map(({ worker }) => worker)
    return worker
  }

  for (const wants of options.wants) addWorker(wants)
  return fleet
}
