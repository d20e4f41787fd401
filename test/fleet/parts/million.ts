import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readManifest } from '../../faults/exported/manifest.ts'
import { atLeast, atMost, equals, named, told, type Figure } from '../../faults/figures/figure.ts'
import type { Scenario } from '../../faults/scenarios/scenario.ts'
import { startServer } from '../../faults/server/server-process.ts'
import { fleetCommands, runIdOf, stopAll, untilDone, type FleetParts } from '../fleet/fleet-commands.ts'
import { allJobs, readQueue } from '../redis/read-queue.ts'
import { startRedis } from '../redis/redis-server.ts'

const workerCount = 2
const mostMegabytes = 300
const mostBytesOfJob = 700
const leastJobsPerSecond = 5000
const mostSlower = 1.2

/** Submits a million image sets. Only the first ones exist, and they are exported. */
export const millionScenario: Scenario = {
  name: 'million',
  title: '1,000,000 image sets submitted, 20,000 exported as headers',
  async run({ folder, isShort }) {
    const [there, all] = isShort ? [1000, 50_000] : [20_000, 1_000_000]
    await using server = await startServer()
    await using redis = await startRedis({ folder })
    await server.addSynthetic({ imageSets: there, rows: 32, columns: 32 })
    using fleet = fleetCommands({ server, redis })
    const out = join(folder, 'out')
    const before = await redis.info('used_memory')
    const submitted = await fleet.submit(out, ['--header-only']).ended
    const runId = runIdOf(submitted)
    const many = await submitMany(redis.url, all - there)
    const jobs = allJobs(await readQueue(redis, runId))
    const bytes = (await redis.info('used_memory')) - before
    return {
      figures: [
        ...named('submit', [
          equals('jobs', jobs, all),
          atMost('peak memory, by the command', submitted.peakMegabytes, mostMegabytes, 'MB'),
          atMost('peak memory, by the library', many.peakMegabytes, mostMegabytes, 'MB'),
          atMost('memory of Redis for a job', bytes / jobs, mostBytesOfJob, 'bytes'),
          isShort
            ? told('jobs a second', many.added / many.seconds)
            : atLeast('jobs a second', many.added / many.seconds, leastJobsPerSecond),
        ]),
        ...named('export', await exportFirst({ server, redis }, { runId, out, there, isShort })),
      ],
    }
  },
}

interface Submitted {
  readonly added: number
  readonly seconds: number
  readonly peakMegabytes: number
}

async function submitMany(url: string, count: number): Promise<Submitted> {
  // The command sets the same limit: V8 would let young objects take 128 MB.
  const script = fileURLToPath(new URL('../million/submit-many.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-semi-space-size=4',
    script,
    url,
    String(count),
  ])
  return JSON.parse(stdout)
}

/** Image sets are exported in the order in which they were submitted. The work ends with the last one that is there. */
async function exportFirst(
  parts: FleetParts,
  {
    runId,
    out,
    there,
    isShort,
  }: { readonly runId: string; readonly out: string; readonly there: number; readonly isShort: boolean },
): Promise<readonly Figure[]> {
  using fleet = fleetCommands(parts)
  const workers = Array.from({ length: workerCount }, () => fleet.work())
  const timeOf = async (share: number): Promise<number> => {
    await untilDone(parts, runId, { workers, isEnough: ({ done }) => done >= there * share })
    return performance.now()
  }
  // Neither interval includes the start of the workers or the burst of the quota.
  const [a, b, c, d] = [await timeOf(0.1), await timeOf(0.2), await timeOf(0.9), await timeOf(1)]
  const stopped = await stopAll(workers)
  const { done } = await readQueue(parts.redis, runId)
  const report = await fleet.start(['report', runId]).ended
  const instances = new Set((await readManifest(out)).map(({ sopInstanceUid }) => sopInstanceUid)).size
  const slower = (d - c) / (b - a)
  return [
    equals('image sets that are there, done', done, there),
    equals('instances of the record', instances, there),
    told('exit code of the report', report.exitCode ?? -1),
    equals(
      'exit codes of the workers',
      stopped.map(({ exitCode }) => exitCode),
      stopped.map(() => 0),
    ),
    told('image sets a second', (there * 0.7) / ((c - b) / 1000)),
    isShort
      ? told('time of the last tenth divided by the second', slower)
      : atMost('time of the last tenth divided by the second', slower, mostSlower),
  ]
}
