import { operations } from '@ahi-dicom/ahi-client/quotas'
import type { Redis } from 'ioredis'

import type { AnswerCounts } from './account-rate.ts'
import type { CommonKnowledge, PaceStore } from './pace-store.ts'
import { formatNeeds, parseNeeds } from './pace-text.ts'

/** The key is forgotten if nobody has told anything for this long. */
const expiryMs = 60_000
/** A worker is forgotten if it has not told anything for this long. */
const silenceMs = 10_000

/**
 * Keeps what a worker tells, and returns the time and all that is known. `TIME` of Redis is one clock for all machines.
 * KEYS: the hash. ARGV: name, needs, expiry and silence in milliseconds, then operation, requests and throttles in turn.
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

/** Sets the rates of the account if they still are what the caller has seen. KEYS: the hash. ARGV: seen, next. */
const exchangeScript = `
local account = redis.call('HGET', KEYS[1], 'account') or ''
if account ~= ARGV[1] then return account end
redis.call('HSET', KEYS[1], 'account', ARGV[2])
return ARGV[2]
`

/** Makes the store of all workers whose `key`, a hash, is the same. */
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

/** Defines a script with one key. It is sent once, and called by its digest. */
function script(redis: Redis, name: string, lua: string): (...args: readonly string[]) => Promise<unknown> {
  redis.defineCommand(name, { numberOfKeys: 1, lua })
  const command: unknown = Reflect.get(redis, name)
  if (typeof command !== 'function') throw new TypeError(`Expected the client of Redis to define the command ${name}`)
  return async (...args): Promise<unknown> => Reflect.apply(command, redis, args)
}

/** Reads the answer of {@link tellScript}. Malformed fields, which no worker wrote, are passed over. */
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
  return new TypeError('Expected Redis to answer a script of the pace with texts')
}
