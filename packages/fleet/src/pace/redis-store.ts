import { operations } from '@ahi-dicom/ahi-client/quotas'
import type { Redis } from 'ioredis'

import type { AnswerCounts } from './account-rate.ts'
import type { CommonKnowledge, PaceStore } from './pace-store.ts'
import { formatNeeds, parseNeeds } from './pace-text.ts'

/** Redis removes the hash when no worker has sent a message for this long, in milliseconds. */
const expiryMs = 60_000
/** A worker is removed from the hash when it has sent no message for this long, in milliseconds. */
const silenceMs = 10_000

/**
 * Stores a worker's message, and returns the time of Redis and all fields of the hash. Redis's `TIME` is one clock for all
 * machines.
 *
 * KEYS: the hash. ARGV: name, needs, expiry and silence in milliseconds, then operation, requests and throttles for each
 * operation.
 */
const tellScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local told = string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'worker:' .. ARGV[1], told .. ' ' .. ARGV[2])
for i = 5, #ARGV, 3 do
  redis.call('HINCRBY', KEYS[1], 'requests:' .. ARGV[i], ARGV[i + 1])
  redis.call('HINCRBY', KEYS[1], 'throttled:' .. ARGV[i], ARGV[i + 2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 7) == 'worker:' then
    local at = tonumber(string.match(all[i + 1], '^(%d+) '))
    if at == nil or now - at > tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], all[i]) end
  end
end
return {told, all}
`

/** Replaces the account's rates if they still equal those that the caller read. KEYS: the hash. ARGV: previous, next. */
const exchangeScript = `
local account = redis.call('HGET', KEYS[1], 'account') or ''
if account ~= ARGV[1] then return account end
redis.call('HSET', KEYS[1], 'account', ARGV[2])
return ARGV[2]
`

/** Creates the store in the hash `key`, which all workers of a fleet use. */
export function createRedisStore(redis: Redis, key: string): PaceStore {
  const tell = script(redis, 'ahiDicomPaceTell', tellScript)
  const exchange = script(redis, 'ahiDicomPaceExchange', exchangeScript)
  return {
    tell: async ({ name, needs, counts }) => {
      const sums = Object.entries(counts).flatMap(([operation, { requests, throttled }]) => [
        operation,
        String(requests),
        String(throttled),
      ])
      return knowledgeOf(await tell(key, name, formatNeeds(needs), String(expiryMs), String(silenceMs), ...sums))
    },
    exchange: async (previous, next) => textOf(await exchange(key, previous, next)),
    leave: async (name) => void (await redis.hdel(key, `worker:${name}`)),
  }
}

/** Defines a command that runs a Lua script with one key. The client sends the script once and then calls it by its digest. */
function script(redis: Redis, name: string, lua: string): (...args: readonly string[]) => Promise<unknown> {
  redis.defineCommand(name, { numberOfKeys: 1, lua })
  const command: unknown = Reflect.get(redis, name)
  if (typeof command !== 'function') throw new TypeError(`Expected the client of Redis to define the command ${name}`)
  return async (...args): Promise<unknown> => Reflect.apply(command, redis, args)
}

/** Parses the answer of {@link tellScript}. Malformed fields, which no worker wrote, are ignored. */
function knowledgeOf(answer: unknown): CommonKnowledge {
  if (!Array.isArray(answer)) throw malformed()
  const [now, all]: unknown[] = answer
  if (!Array.isArray(all)) throw malformed()
  const fields = fieldsOf(all)
  const workers = [...fields].flatMap(([field, text]) => workerOf(field, text) ?? [])
  const counts: Partial<Record<string, AnswerCounts>> = {}
  for (const operation of operations) {
    const requests = fields.get(`requests:${operation}`)
    const throttled = fields.get(`throttled:${operation}`) ?? '0'
    if (isCount(requests) && isCount(throttled)) {
      counts[operation] = { requests: Number(requests), throttled: Number(throttled) }
    }
  }
  return {
    now: Number(textOf(now)),
    workers: workers.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    counts,
    account: fields.get('account') ?? '',
  }
}

function workerOf(field: string, text: string): CommonKnowledge['workers'][number] | undefined {
  if (!field.startsWith('worker:')) return undefined
  const [, at = '', told = ''] = /^(\d{1,15}) (.*)$/s.exec(text) ?? []
  const needs = parseNeeds(told)
  return at === '' || needs === undefined ? undefined : { name: field.slice('worker:'.length), at: Number(at), needs }
}

function fieldsOf(all: readonly unknown[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < all.length; index += 2) fields.set(textOf(all[index]), textOf(all[index + 1]))
  return fields
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,15}$/.test(text)
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function malformed(): TypeError {
  return new TypeError('Expected Redis to answer the pace script with strings')
}
