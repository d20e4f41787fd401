import { join } from 'node:path'
import { measureCommand } from '../../bench/measure/measure-command.ts'
import { startServer, type ServerProcess } from '../../faults/server/server-process.ts'
import { startRedis, type RedisServer } from '../redis/redis-server.ts'
import type { RedisBytes, ServiceTimes } from './model.ts'

/** What one run is subtracted from another one for: the start of the process. */
const slices = { few: 20, many: 220 }
const imageSets = { few: 60, many: 560 }

/** What was measured. */
export interface MeasuredTimes {
  readonly times: ServiceTimes
  readonly redisBytes: RedisBytes
}

const bin = new URL('../../../packages/cli/dist/bin.js', import.meta.url)

/** Measures what the product takes for an image set and for a frame, on this machine. */
export async function measureTimes(folder: string): Promise<MeasuredTimes> {
  await using redis = await startRedis({ folder })
  const few = await measureHeaders({ folder, redis, count: imageSets.few })
  const many = await measureHeaders({ folder, redis, count: imageSets.many })
  const ofImageSet = (name: keyof Headers): number => (many[name] - few[name]) / (imageSets.many - imageSets.few)
  const fewSlices = await measureSlices(folder, slices.few)
  const manySlices = await measureSlices(folder, slices.many)
  return {
    times: {
      submitted: ofImageSet('submitted') * 1000,
      imageSet: ofImageSet('worked') * 1000,
      frame: ((manySlices - fewSlices) / (slices.many - slices.few)) * 1000,
    },
    redisBytes: { waiting: ofImageSet('waitingBytes'), done: ofImageSet('doneBytes') },
  }
}

interface Headers {
  /** CPU seconds. */
  readonly submitted: number
  readonly worked: number
  /** What Redis takes for all jobs before they are done, and then. */
  readonly waitingBytes: number
  readonly doneBytes: number
}

async function measureHeaders({
  folder,
  redis,
  count,
}: {
  readonly folder: string
  readonly redis: RedisServer
  readonly count: number
}): Promise<Headers> {
  await using server = await startServer()
  await server.addSynthetic({ imageSets: count, rows: 64, columns: 64 })
  const place = ['--redis', redis.url, ...placeOf(server), '--no-progress', '--quiet']
  const before = await redis.info('used_memory')
  const out = join(folder, `headers-${count}`)
  const submit = await measureCommand(bin, ['fleet', 'submit', '--all', '--header-only', '--out', out, ...place])
  const waitingBytes = (await redis.info('used_memory')) - before
  const work = await measureCommand(bin, ['fleet', 'work', '--until-empty', ...place])
  const doneBytes = (await redis.info('used_memory')) - before
  return { submitted: submit.cpuSeconds, worked: work.cpuSeconds, waitingBytes, doneBytes }
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
