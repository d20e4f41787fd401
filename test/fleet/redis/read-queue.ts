import type { RedisServer } from './redis-server.ts'

/** How many jobs of a run are where, as BullMQ keeps them. */
export interface QueueCounts {
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly done: number
  readonly failed: number
}

/** A job that a worker has taken. */
export interface ActiveJob {
  readonly imageSetId: string
  /** Name of the worker that took it last; empty if it gives none. */
  readonly worker: string
}

/** Prefix of all keys of a fleet. */
const prefix = 'ahi-dicom'

const countScript = `return {
  redis.call('LLEN', KEYS[1] .. ':wait') + redis.call('LLEN', KEYS[1] .. ':paused'),
  redis.call('LLEN', KEYS[1] .. ':active'), redis.call('ZCARD', KEYS[1] .. ':delayed'),
  redis.call('ZCARD', KEYS[1] .. ':completed'), redis.call('ZCARD', KEYS[1] .. ':failed') }`

/** Reads how many jobs there are. */
export async function readQueue(redis: RedisServer, runId: string): Promise<QueueCounts> {
  const [waiting = 0, active = 0, delayed = 0, done = 0, failed = 0] = numbers(
    await redis.command('EVAL', countScript, '1', queueKey(runId)),
  )
  return { waiting, active, delayed, done, failed }
}

/** Jobs, and the list and the sorted set that hold them. BullMQ's stream of events does not grow with them. */
const memoryScript = `local sum = 0
for _, key in ipairs(redis.call('KEYS', KEYS[1] .. ':*')) do
  local name = string.sub(key, #KEYS[1] + 2)
  if string.find(name, '-') or name == 'wait' or name == 'completed' then
    sum = sum + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0')
  end
end
return sum`

/** Returns the memory that Redis takes for the jobs of a run, in bytes. */
export async function readMemory(redis: RedisServer, runId: string): Promise<number> {
  return Number(await redis.command('EVAL', memoryScript, '1', queueKey(runId)))
}

/** Returns the sum of all jobs. */
export function allJobs(counts: QueueCounts): number {
  return counts.waiting + counts.active + counts.delayed + counts.done + counts.failed
}

const activeScript = `local found = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1] .. ':active', 0, -1)) do
  found[#found + 1] = id .. ' ' .. (redis.call('HGET', KEYS[1] .. ':' .. id, 'pb') or '')
end
return found`

/** Returns the jobs that workers have at the moment. */
export async function readActive(redis: RedisServer, runId: string): Promise<readonly ActiveJob[]> {
  return texts(await redis.command('EVAL', activeScript, '1', queueKey(runId))).map((text) => {
    const [id = '', worker = ''] = text.split(' ')
    return { imageSetId: imageSetOf(id), worker }
  })
}

/** Returns the ids of the jobs that wait, the next one last. */
export async function readWaiting(redis: RedisServer, runId: string): Promise<readonly string[]> {
  return texts(await redis.command('LRANGE', `${queueKey(runId)}:wait`, '0', '-1'))
}

/** Returns the key of a job. */
export function jobKey(runId: string, jobId: string): string {
  return `${queueKey(runId)}:${jobId}`
}

function queueKey(runId: string): string {
  return `${prefix}:${runId}`
}

/** A job is called `IMAGESETID-VERSION`, with `-PART` for a later part. */
function imageSetOf(jobId: string): string {
  return jobId.split('-')[0] ?? ''
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
