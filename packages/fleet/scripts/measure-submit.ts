/**
 * Measures a submission: jobs per second, memory of the submitter, and memory of Redis per job.
 *
 * `node --conditions=@ahi-dicom/source packages/fleet/scripts/measure-submit.ts REDIS_URL [IMAGE_SETS]`
 *
 * Needs an empty Redis, and leaves the jobs in it.
 * @module
 */
import { createFleet } from '../src/index.ts'
import { connectRedis } from '../src/redis/connect.ts'
import { firstImageSets, request, selecting } from '../test/selections.ts'

const [url = 'redis://127.0.0.1:6379/0', count = '1000000'] = process.argv.slice(2)
await using fleet = createFleet({ connection: { url } })
await using redis = await connectRedis({ url })

const memoryBefore = await usedMemory()
let mostMemory = 0
const timer = setInterval(() => (mostMemory = Math.max(mostMemory, process.memoryUsage().rss)), 100)
const start = performance.now()
const exporter = selecting(firstImageSets(Number(count)))
const { imageSets, added, run } = await fleet.submit({ exporter, request, selectors: 'all' })
const seconds = (performance.now() - start) / 1000
clearInterval(timer)
const bytes = (await usedMemory()) - memoryBefore

const figures = {
  runId: run.id,
  imageSets,
  added,
  seconds: round(seconds),
  imageSetsPerSecond: Math.round(imageSets / seconds),
  submitterMiB: round(mostMemory / 2 ** 20),
  redisBytesPerJob: added === 0 ? 0 : Math.round(bytes / added),
}
console.log(JSON.stringify(figures))

async function usedMemory(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.client.info('memory'))?.[1] ?? 0)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
