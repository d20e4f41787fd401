import { join } from 'node:path'
import { measureCommand } from '../../bench/measure/measure-command.ts'
import { startServer, type ServerProcess } from '../../faults/server/server-process.ts'
import { readMemory } from '../redis/read-queue.ts'
import { startRedis, type RedisServer } from '../redis/redis-server.ts'
import type { RedisBytes, ServiceTimes } from './model.ts'

/** Reason to subtract one run from another: the start of the process. */
const slices = { few: 20, many: 170 }
const imageSets = { few: 50, many: 400 }

/** Measured times. */
export interface MeasuredTimes {
  readonly times: ServiceTimes
  readonly redisBytes: RedisBytes
}

const bin = new URL('../../../packages/cli/dist/bin.js', import.meta.url)

/** Measures what the product takes for an image set and for a frame, on this machine. */
export async function measureTimes(folder: string): Promise<MeasuredTimes> {
  const few = await measureHeaders(folder, imageSets.few)
  const many = await measureHeaders(folder, imageSets.many)
  const ofImageSet = (name: 'submitted' | 'worked'): number =>
    (many[name] - few[name]) / (imageSets.many - imageSets.few)
  const fewSlices = await measureSlices(folder, slices.few)
  const manySlices = await measureSlices(folder, slices.many)
  return {
    times: {
      submitted: ofImageSet('submitted') * 1000,
      imageSet: ofImageSet('worked') * 1000,
      frame: ((manySlices - fewSlices) / (slices.many - slices.few)) * 1000,
    },
    redisBytes: { waiting: many.waitingBytes / imageSets.many, done: many.doneBytes / imageSets.many },
  }
}

interface Headers {
  /** CPU seconds. */
  readonly submitted: number
  readonly worked: number
  /** Memory of Redis for all jobs, before and after they are done. */
  readonly waitingBytes: number
  readonly doneBytes: number
}

async function measureHeaders(folder: string, count: number): Promise<Headers> {
  await using redis = await startRedis({ folder })
  await using server = await startServer()
  await server.addSynthetic({ imageSets: count, rows: 64, columns: 64 })
  const place = ['--redis', redis.url, ...placeOf(server), '--no-progress', '--quiet']
  const out = join(folder, `headers-${count}`)
  const submit = await measureCommand(bin, ['fleet', 'submit', '--all', '--header-only', '--out', out, ...place])
  const runId = await onlyRun(redis)
  const waitingBytes = await readMemory(redis, runId)
  const work = await measureCommand(bin, ['fleet', 'work', '--until-empty', ...place])
  const doneBytes = await readMemory(redis, runId)
  return { submitted: submit.cpuSeconds, worked: work.cpuSeconds, waitingBytes, doneBytes }
}

async function onlyRun(redis: RedisServer): Promise<string> {
  const ids = await redis.command('HKEYS', 'ahi-dicom:fleet:runs')
  return Array.isArray(ids) ? String(ids[0]) : ''
}

/** Returns the CPU seconds of a worker that decodes all slices. */
async function measureSlices(folder: string, count: number): Promise<number> {
  await using server = await startServer()
  await using redis = await startRedis({ folder })
  await server.importStudy(count)
  const place = ['--redis', redis.url, ...placeOf(server), '--no-progress', '--quiet']
  await measureCommand(bin, ['fleet', 'submit', '--all', '--out', join(folder, `slices-${count}`), ...place])
  return (await measureCommand(bin, ['fleet', 'work', '--until-empty', ...place])).cpuSeconds
}

function placeOf({ endpoint, datastoreId }: ServerProcess): string[] {
  return ['--endpoint-url', endpoint, '--datastore-id', datastoreId]
}
