import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runCommand, type RunningCommand } from '../../faults/command/command.ts'
import { exportAll } from '../../faults/command/export-all.ts'
import { atLeast, atMost, equals, named, told, type Figure } from '../../faults/figures/figure.ts'
import type { Scenario, Stage } from '../../faults/scenarios/scenario.ts'
import { startServer } from '../../faults/server/server-process.ts'
import { comparedFigures, readWritten, type WrittenExport } from '../exported/compare-exports.ts'
import {
  fleetCommands,
  runIdOf,
  stopAll,
  untilDone,
  type FleetCommands,
  type FleetParts,
} from '../fleet/fleet-commands.ts'
import { createFrameLedger, type FrameLedger } from '../fleet/frame-ledger.ts'
import { allJobs, readActive, readQueue } from '../redis/read-queue.ts'
import { startRedis } from '../redis/redis-server.ts'

const workerCount = 4
/** Jobs that each worker runs at a time. */
const jobsAtATime = 4
/** Size of each image set. */
const imageSet = { instances: 2, frames: 3 }
const framesOfJob = imageSet.instances * imageSet.frames
/** Every so many kills, Redis is killed instead of a worker. */
const redisEvery = 6
const betweenKills = { least: 400, greatest: 2500 }
/** Times that the submitter is killed in each run. */
const submitterKills = 5
/** How long Redis is gone. */
const redisGoneMs = 500

/** Kills workers, Redis and the submitter, and compares the files with a single export. */
export const fleetKillsScenario: Scenario = {
  name: 'kills',
  title: 'Workers, Redis and the submitter killed (`-9`) at random moments',
  async run(stage) {
    const { folder, isShort } = stage
    const kills = stage.rounds ?? (isShort ? 6 : 50)
    await using server = await startServer()
    const imageSets = isShort ? 700 : 2000
    await server.addSynthetic({ imageSets, ...imageSet, rows: 64, columns: 64 })
    const out = join(folder, 'single')
    const { exitCode } = await exportAll(server, out)
    const single = await readWritten(out)
    await server.setFaults({
      rules: [
        { operations: ['SearchImageSets'], fault: { kind: 'latency', ms: 100 } },
        { operations: ['GetImageFrame'], fault: { kind: 'latency', ms: { least: 20, greatest: 200 } } },
      ],
    })
    const done: Kills = { workers: 0, redis: 0, submitters: 0 }
    const figures: Figure[] = [equals('single export: exit code', exitCode, 0)]
    for (let round = 1; done.workers + done.redis < kills; round += 1) {
      await using redis = await startRedis({ folder })
      const parts = { server, redis }
      const killed = await killRound(
        { stage, parts, imageSets, out: join(folder, `killed-${round}`), done, kills },
        single,
      )
      figures.push(...named(`run ${round}`, killed))
    }
    return {
      figures: [
        atLeast('kills of workers and Redis', done.workers + done.redis, kills),
        told('kills of workers', done.workers),
        told('kills of Redis', done.redis),
        told('kills of the submitter', done.submitters),
        ...figures,
      ],
    }
  },
}

/** How often which process was killed so far. */
interface Kills {
  workers: number
  redis: number
  submitters: number
}

interface KillRound {
  readonly stage: Stage
  readonly parts: FleetParts
  readonly imageSets: number
  readonly out: string
  readonly done: Kills
  /** Most kills of all rounds. */
  readonly kills: number
}

/** Exports the data store once, with kills as long as there is something to do. */
async function killRound(round: KillRound, single: WrittenExport): Promise<readonly Figure[]> {
  const { stage, parts, imageSets, out, done } = round
  const before = { ...done }
  using fleet = fleetCommands(parts)
  await parts.server.takeRequests()
  const runId = await submitWithKills(round, fleet)
  const ledger = createFrameLedger()
  const names = nameWorkers()
  const workers = new Map(Array.from({ length: workerCount }, () => startWorker(fleet, names())))
  while (done.workers + done.redis < round.kills) {
    await wait(betweenKills.least + Math.random() * (betweenKills.greatest - betweenKills.least))
    const { waiting, active, delayed } = await readQueue(parts.redis, runId)
    if (waiting + active + delayed === 0) break
    if ((done.workers + done.redis) % redisEvery === redisEvery - 1) await killRedis(round, { runId, ledger })
    else await killWorker(round, { fleet, runId, ledger, workers, names })
  }
  const counts = await untilDone(parts, runId, { workers: [...workers.values()] })
  const stopped = await stopAll([...workers.values()])
  for (const { exitCode, stderr } of stopped.filter((result) => result.exitCode !== 0))
    stage.note(`a worker ended with ${exitCode}: ${stderr.slice(-500)}`)
  const report = await fleet.start(['report', runId]).ended
  if (report.exitCode !== 0) stage.note(`the report ended with ${report.exitCode}: ${report.stderr.slice(-500)}`)
  const verified = await runCommand(['verify', out])
  const killedJobs = (done.workers - before.workers + (done.redis - before.redis) * workerCount) * jobsAtATime
  const frames = ledger.count(await parts.server.takeRequests())
  return [
    equals('jobs', allJobs(counts), imageSets),
    equals('failed jobs', counts.failed, 0),
    equals(
      'exit codes of the workers at their end',
      stopped.map(({ exitCode }) => exitCode),
      stopped.map(() => 0),
    ),
    equals('exit code of the report', report.exitCode, 0),
    ...comparedFigures(await readWritten(out), single, stage),
    equals('exit code of `verify`', verified.exitCode, 0),
    told('frames requested', frames.requests),
    atMost('repeated (limit: frames of the jobs that were killed)', frames.again, killedJobs * framesOfJob),
    equals('repeated although their job was not running at a kill', frames.beyond, 0),
  ]
}

/** Kills the submitter each time that it has added jobs, and lets the last one come to its end. */
async function submitWithKills({ parts, out, done, stage }: KillRound, fleet: FleetCommands): Promise<string> {
  for (let kill = 0, jobs = 0; kill < (stage.isShort ? 1 : submitterKills); kill += 1) {
    const submitter = fleet.submit(out)
    const ended = submitter.ended.then(() => true)
    while (!(await Promise.race([ended, wait(5, false)])) && (await countAllJobs(parts)) <= jobs);
    submitter.kill()
    const { exitCode } = await submitter.ended
    if (exitCode === null) done.submitters += 1
    jobs = await countAllJobs(parts)
    stage.note(`submitter killed with ${jobs} jobs in the queue`)
  }
  return runIdOf(await fleet.submit(out).ended)
}

/** Counts the jobs of all runs. */
async function countAllJobs({ redis }: FleetParts): Promise<number> {
  const keys = await redis.command('KEYS', 'ahi-dicom:*:wait')
  const counts = Array.isArray(keys) ? keys.map(async (key) => Number(await redis.command('LLEN', String(key)))) : []
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

/** No name is the beginning of another one: the command adds to it. */
function nameWorkers(): () => string {
  let count = 0
  return () => `killed-${(count += 1)}.`
}

function startWorker(fleet: FleetCommands, name: string): [string, RunningCommand] {
  return [name, fleet.work(['--name', name, '--jobs', String(jobsAtATime)])]
}

interface Killing {
  readonly runId: string
  readonly ledger: FrameLedger
}

/** Another worker takes the place of the one that is killed. */
async function killWorker(
  { parts, done }: KillRound,
  {
    fleet,
    runId,
    ledger,
    workers,
    names,
  }: Killing & {
    readonly fleet: FleetCommands
    readonly workers: Map<string, RunningCommand>
    readonly names: () => string
  },
): Promise<void> {
  const [name, worker] = [...workers][Math.floor(Math.random() * workers.size)] ?? []
  if (name === undefined || worker === undefined) return
  worker.kill()
  await worker.ended
  workers.delete(name)
  done.workers += 1
  // The jobs of a killed worker stay with it until their locks expire.
  ledger.allow((await readActive(parts.redis, runId)).filter((job) => job.worker === '' || job.worker.startsWith(name)))
  workers.set(...startWorker(fleet, names()))
}

/** Whatever was under way may be done again, as its end may not have reached Redis. */
async function killRedis({ parts: { redis }, done }: KillRound, { runId, ledger }: Killing): Promise<void> {
  const before = await readActive(redis, runId)
  await redis.kill()
  done.redis += 1
  await wait(redisGoneMs)
  await redis.restart()
  const known = new Set(before.map(({ imageSetId }) => imageSetId))
  const after = (await readActive(redis, runId)).filter(({ imageSetId }) => !known.has(imageSetId))
  ledger.allow([...before, ...after])
}
