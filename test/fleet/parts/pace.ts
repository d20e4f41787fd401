import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { documentedQuotas } from '@ahi-dicom/ahi-client/quotas'
import type { EmulatorCounters } from '@ahi-dicom/ahi-emulator'
import { atLeast, atMost, equals, named, told, type Figure } from '../../faults/figures/figure.ts'
import type { Scenario, Stage } from '../../faults/scenarios/scenario.ts'
import { startServer } from '../../faults/server/server-process.ts'
import { fleetCommands, runIdOf, stopAll, untilDone } from '../fleet/fleet-commands.ts'
import { readQueue } from '../redis/read-queue.ts'
import { startRedis } from '../redis/redis-server.ts'

const operation = 'GetImageFrame'
const latencyMs = 80
/** Frames that a worker fetches at a time. With the latency, it gets at most 500 frames a second. */
const framesAtATime = 40
const mostOfWorker = (framesAtATime * 1000) / latencyMs
const framesOfSet = 400
/** Smallest rate of N workers, divided by N times the rate of one. They share the cores of one machine. */
const leastProportion = 0.9
const leastOfQuota = 0.95
const mostThrottled = 0.01
/** Until all workers have started, the burst of the quota is used up, and the pace has settled. */
const settleMs = { short: 3000, long: 15_000 }
const windowMs = { short: 3000, long: 15_000 }

/** Lets workers meet the quota of frames. */
export const paceScenario: Scenario = {
  name: 'pace',
  title: `The documented quotas and ${latencyMs} ms latency, for 1, 2 and 4 workers`,
  async run(stage) {
    const { rate } = documentedQuotas[operation]
    const measured: Measured[] = []
    const figures: Figure[] = []
    for (const workers of stage.isShort ? [1, 2] : [1, 2, 4]) {
      const seen = await measure(stage, workers)
      measured.push(seen)
      figures.push(...named(`${workers} workers`, figuresOf(seen)))
    }
    figures.push(told('quota', rate, 'frames a second'))
    return { figures }

    function figuresOf(seen: Measured): Figure[] {
      const { workers, framesPerSecond, throttledShare } = seen
      const alone = measured[0]?.framesPerSecond ?? 0
      const isBelow = alone * workers < rate
      const share = framesPerSecond / (isBelow ? alone * workers : rate)
      const [what, least] = isBelow
        ? ['share of as many single workers', leastProportion]
        : ['share of the quota', leastOfQuota]
      return [
        told('frames', framesPerSecond, 'a second'),
        stage.isShort ? told(what, share) : atLeast(what, share, least),
        atMost('share of requests that were throttled', throttledShare, mostThrottled),
        equals(
          'exit codes of the workers',
          seen.exitCodes,
          Array.from({ length: workers }, () => 0),
        ),
      ]
    }
  },
}

interface Measured {
  readonly workers: number
  readonly framesPerSecond: number
  /** Throttled frame requests divided by all frame requests. */
  readonly throttledShare: number
  readonly exitCodes: readonly (number | null)[]
}

async function measure({ folder, isShort }: Stage, workers: number): Promise<Measured> {
  await using server = await startServer({ quotas: true })
  await using redis = await startRedis({ folder })
  const [settle, window] = isShort ? [settleMs.short, windowMs.short] : [settleMs.long, windowMs.long]
  const { rate, burst } = documentedQuotas[operation]
  const frames = burst + (Math.min(rate, mostOfWorker * workers) * (settle + window) * 1.2) / 1000
  const imageSets = Math.ceil(frames / framesOfSet)
  await server.addSynthetic({ imageSets, instances: 20, frames: framesOfSet / 20, rows: 64, columns: 64 })
  await server.setFaults({ rules: [{ fault: { kind: 'latency', ms: latencyMs } }] })
  using fleet = fleetCommands({ server, redis })
  const out = join(folder, `workers-${workers}`)
  const runId = runIdOf(await fleet.submit(out, ['--transfer-syntax', 'stored', '--no-verify']).ended)
  const options = ['--concurrency', String(framesAtATime), '--threads', '1']
  const running = Array.from({ length: workers }, () => fleet.work(options))
  await untilDone({ redis }, runId, { workers: running, isEnough: ({ active }) => active > 0 })
  await wait(settle)
  const [before, startedAt] = [await server.counters(), performance.now()]
  await wait(window)
  const [after, seconds] = [await server.counters(), (performance.now() - startedAt) / 1000]
  const { waiting, active } = await readQueue(redis, runId)
  if (waiting + active === 0) throw new Error('The run was over before its pace was measured')
  const exitCodes = (await stopAll(running)).map(({ exitCode }) => exitCode)
  const framesPerSecond = (answered(after, '200') - answered(before, '200')) / seconds
  const throttled = answered(after, '429')
  return { workers, framesPerSecond, throttledShare: throttled / (throttled + answered(after, '200')), exitCodes }
}

function answered({ requests }: EmulatorCounters, status: string): number {
  return requests[operation]?.[status] ?? 0
}
