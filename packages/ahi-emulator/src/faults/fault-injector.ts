import { createHash } from 'node:crypto'
import type { ReceivedRequest } from '../operation/received-request.ts'
import { createRandom, type Random } from '../random.ts'
import type { Fault, FaultRule, FaultRules } from './fault-rules.ts'

/** A fault to inject into one request. */
export interface InjectedFault {
  readonly fault: Fault
  /** Draws the values that the rule leaves open. */
  readonly random: Random
}

/** Decides which faults are injected into a request. */
export interface FaultInjector {
  /** Replaces the rules and restarts their counts. */
  set(rules: FaultRules): void
  rules(): FaultRules
  /** Returns the faults to inject into a request, in the order of the rules. */
  faultsOf(request: ReceivedRequest): readonly InjectedFault[]
}

interface RuleState {
  readonly rule: FaultRule
  matched: number
  injected: number
  /** Requests left in the current burst. */
  burstLeft: number
}

/** Most distinct requests whose occurrences are counted. Beyond that, the least recent are forgotten. */
const mostKnownRequests = 100_000

/**
 * Creates an injector. Chance depends on the seed, the request and how often the request occurred. It does not depend
 * on the order of concurrent connections, so a run with the same seed gets the same faults.
 */
export function createFaultInjector(initial: FaultRules): FaultInjector {
  let current: FaultRules
  let states: RuleState[]
  let occurrences: Map<string, number>

  function set(rules: FaultRules): void {
    current = rules
    states = rules.rules.map((rule) => ({ rule, matched: 0, injected: 0, burstLeft: 0 }))
    occurrences = new Map()
  }

  function occurrenceOf(key: string): number {
    const count = (occurrences.get(key) ?? 0) + 1
    occurrences.delete(key)
    occurrences.set(key, count)
    if (occurrences.size > mostKnownRequests) {
      const [oldest] = occurrences.keys()
      if (oldest !== undefined) occurrences.delete(oldest)
    }
    return count
  }

  set(initial)
  return {
    set,
    rules: () => current,
    faultsOf(request) {
      if (states.length === 0) return []
      const key = keyOf(request)
      const identity = `${current.seed ?? 1} ${key} ${occurrenceOf(key)}`
      return states.flatMap((state, index) => {
        if (!matches(state.rule, request)) return []
        const random = createRandom(numberOf(`${identity} ${index}`))
        return shouldInject(state, random) ? [{ fault: state.rule.fault, random }] : []
      })
    },
  }
}

function matches({ operations }: FaultRule, { operation }: ReceivedRequest): boolean {
  return operations === undefined || operations.includes(operation)
}

function shouldInject(state: RuleState, random: Random): boolean {
  const { rate = 1, after = 0, times = Infinity, burst = 1 } = state.rule
  state.matched += 1
  const isChosen = state.burstLeft > 0 || (state.matched > after && random.next() < rate)
  if (!isChosen || state.injected >= times) return false
  state.burstLeft = state.burstLeft > 0 ? state.burstLeft - 1 : burst - 1
  state.injected += 1
  return true
}

function keyOf({ method, path, query, body }: ReceivedRequest): string {
  return createHash('sha256').update(`${method} ${path}?${query}\n`).update(body).digest('base64url')
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readInt32LE()
}
