import { type Operation, operations } from '@ahi-dicom/ahi-client/quotas'
import { membersOf, parseJson } from '../model/read-json.ts'
import type { AccountRate, AnswerCounts, LoweredRate } from './account-rate.ts'
import type { Needs } from './pace-store.ts'

/** The known rates of the account, by operation. */
export type AccountRates = Readonly<Partial<Record<Operation, AccountRate>>>

/** Returns the needs as `{"OPERATION":[USED,WAITS]}`. */
export function formatNeeds(needs: Needs): string {
  const entries = Object.entries(needs).map(([name, { used, waits }]) => [name, [rounded(used), rounded(waits)]])
  return JSON.stringify(Object.fromEntries(entries))
}

/** Parses the text of {@link formatNeeds}. Returns `undefined` for any other text. */
export function parseNeeds(text: string): Needs | undefined {
  return parseByOperation(text, (value) => {
    if (!Array.isArray(value)) return undefined
    const [used, waits]: unknown[] = value
    return isAmount(used) && isAmount(waits) && waits <= 1 ? { used, waits } : undefined
  })
}

/** Returns the account's rates as JSON. */
export function formatAccountRates(rates: AccountRates): string {
  return JSON.stringify(rates)
}

/** Parses the text of {@link formatAccountRates}. For any other text no rates are known, so all are at their quotas. */
export function parseAccountRates(text: string): AccountRates {
  return parseByOperation(text, parseAccountRate) ?? {}
}

function parseAccountRate(value: unknown): AccountRate | undefined {
  const { since, usual, counts, lowered } = membersOf(value)
  if (!isAmount(since) || !isAmount(usual) || usual > 1) return undefined
  const known = counts === undefined ? undefined : parseCounts(counts)
  if (counts !== undefined && known === undefined) return undefined
  if (lowered === undefined) return { since, usual, counts: known }
  const rate = parseLoweredRate(lowered)
  return rate && { since, usual, counts: known, lowered: rate }
}

function parseLoweredRate(value: unknown): LoweredRate | undefined {
  const { rate, before, unhelped, served, share, heldUntil, vain } = membersOf(value)
  if (!isAmount(rate) || rate === 0 || !isAmount(before) || before === 0 || !isAmount(served)) return undefined
  if (!isAmount(unhelped) || !isAmount(share) || share > 1 || !isAmount(heldUntil) || !isAmount(vain)) return undefined
  return { rate, before, unhelped, served, share, heldUntil, vain }
}

function parseCounts(value: unknown): AnswerCounts | undefined {
  const { requests, throttled } = membersOf(value)
  return isAmount(requests) && isAmount(throttled) ? { requests, throttled } : undefined
}

/** Parses a JSON object whose members are named by operation. Returns `undefined` if a known operation is malformed. */
function parseByOperation<T>(
  text: string,
  parse: (value: unknown) => T | undefined,
): Partial<Record<Operation, T>> | undefined {
  const read: Partial<Record<Operation, T>> = {}
  for (const [name, value] of Object.entries(membersOf(parseJson(text)))) {
    const operation = operations.find((known) => known === name)
    const parsed = parse(value)
    // A worker of a later version may use operations that this version does not know.
    if (operation === undefined) continue
    if (parsed === undefined) return undefined
    read[operation] = parsed
  }
  return read
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function rounded(rate: number): number {
  return Math.round(rate * 1000) / 1000
}
