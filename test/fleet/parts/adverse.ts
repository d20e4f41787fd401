import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runCommand, type CommandResult, type RunningCommand } from '../../faults/command/command.ts'
import { exportAll } from '../../faults/command/export-all.ts'
import { readErrors } from '../../faults/exported/errors.ts'
import { equals, holds, named, type Figure } from '../../faults/figures/figure.ts'
import type { Scenario, Stage } from '../../faults/scenarios/scenario.ts'
import { startServer, type ServerProcess } from '../../faults/server/server-process.ts'
import { comparedFigures, readWritten, type WrittenExport } from '../exported/compare-exports.ts'
import { fleetCommands, runIdOf, stopAll, untilDone, type FleetParts } from '../fleet/fleet-commands.ts'
import { startOldRedis } from '../redis/old-redis.ts'
import { allJobs, jobKey, readQueue, readWaiting } from '../redis/read-queue.ts'
import { startRedis } from '../redis/redis-server.ts'

const someFailed = 1
const retryable = 5
const fatal = 7

/** Takes away something that the fleet needs and restores it. */
export const adverseScenario: Scenario = {
  name: 'adverse',
  title: 'Redis away, full, locked or too old; a destination that refuses; a poisoned job',
  async run(stage) {
    await using server = await startServer()
    const imageSets = stage.isShort ? 100 : 600
    await server.addSynthetic({ imageSets, instances: 3, rows: 64, columns: 64 })
    const out = join(stage.folder, 'single')
    const { exitCode } = await exportAll(server, out)
    const trial = { stage, server, imageSets, single: await readWritten(out) }
    return {
      figures: [
        equals('single export: exit code', exitCode, 0),
        ...named('Redis away', await redisAway(trial)),
        ...named('Redis full', await redisFull(trial)),
        ...named('wrong password', await wrongPassword(trial)),
        ...named('Redis too old', await redisTooOld(trial)),
        ...named('no Redis', await noRedis(trial)),
        ...named('a destination that refuses', await refusingDestination(trial)),
        ...named('a destination that is gone', await goneDestination(trial)),
        ...named('a poisoned job', await poisonedJob(trial)),
      ],
    }
  },
}

/** Processes and values that each trial starts with. */
interface Trial {
  readonly stage: Stage
  readonly server: ServerProcess
  readonly imageSets: number
  readonly single: WrittenExport
}

/** Workers stay, and go on when Redis is back. */
async function redisAway({ stage, server, single }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  const out = join(stage.folder, 'away')
  using fleet = fleetCommands({ server, redis })
  const runId = runIdOf(await fleet.submit(out).ended)
  await server.setFaults({ rules: [{ fault: { kind: 'latency', ms: { least: 50, greatest: 150 } } }] })
  const workers = [fleet.work(), fleet.work()]
  await untilDone({ redis }, runId, { workers, isEnough: ({ done }) => done > 0 })
  await redis.kill()
  const isOver = Promise.race(workers.map(async ({ ended }) => (await ended).exitCode))
  const ended = await Promise.race([isOver, wait(stage.isShort ? 5000 : 60_000, 'none')])
  const submitted = await fleet.submit(out).ended
  await redis.restart()
  await server.setFaults({ rules: [] })
  await untilDone({ redis }, runId, { workers })
  await Promise.all(workers.map(async (worker) => untilSaid(worker, 'Redis answers again')))
  const said = workers.flatMap((worker) =>
    ['Lost the connection to Redis', 'Redis answers again'].map((word) => linesWith(worker.said(), word)),
  )
  const stopped = await stopAll(workers)
  return [
    equals('workers that ended', ended, 'none'),
    ...failedFigures(submitted, retryable, 'Cannot reach Redis'),
    holds(
      'each worker says it once, and once that it is back',
      said.every((lines) => lines.length === 1),
      said.flat().join(' | '),
    ),
    equals(
      'exit codes of the workers',
      stopped.map(({ exitCode }) => exitCode),
      [0, 0],
    ),
    ...(await reported({ server, redis }, { runId, out, single, stage })),
  ]
}

/** Missing jobs are added once Redis has room. */
async function redisFull({ stage, server, imageSets, single }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  const out = join(stage.folder, 'full')
  using fleet = fleetCommands({ server, redis })
  const room = (await redis.info('used_memory')) + roomBytes
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  await redis.command('CONFIG', 'SET', 'maxmemory', String(room))
  const submitted = await fleet.submit(out).ended
  await redis.command('CONFIG', 'SET', 'maxmemory', '0')
  const runId = runIdOf(await fleet.submit(out).ended)
  const counts = await readQueue(redis, runId)
  await redis.command('CONFIG', 'SET', 'maxmemory', String(await redis.info('used_memory')))
  const worker = fleet.work(['--until-empty'])
  const hasWaited = await untilSaid(worker, full)
  await redis.command('CONFIG', 'SET', 'maxmemory', '0')
  const { exitCode, stderr } = await worker.ended
  return [
    ...named('submit', failedFigures(submitted, fatal, full)),
    equals('jobs after the second submission', allJobs(counts), imageSets),
    holds('a worker says so and waits', hasWaited, stderr),
    equals('exit code of the worker when there is room', exitCode, 0),
    ...(await reported({ server, redis }, { runId, out, single, stage })),
  ]
}

const full = 'its memory (maxmemory) is full'

/** Waits until a command has said something; false if it ended before. */
async function untilSaid(running: RunningCommand, text: string): Promise<boolean> {
  const ended = running.ended.then(() => true)
  while (!running.said().includes(text)) if (await Promise.race([ended, wait(50, false)])) return false
  return true
}

/** Room for some jobs, and not for all of them. */
const roomBytes = 40_000

async function wrongPassword({ stage, server }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder, password: 'right' })
  const out = join(stage.folder, 'password')
  using wrong = fleetCommands({ server, redis, env: { AHI_DICOM_REDIS_PASSWORD: 'wrong' } })
  using right = fleetCommands({ server, redis, env: { AHI_DICOM_REDIS_PASSWORD: 'right' } })
  const [submitted, worked] = [await wrong.submit(out).ended, await wrong.work(['--until-empty']).ended]
  const allowed = await right.submit(out).ended
  return [
    ...named('submit', failedFigures(submitted, fatal, 'it refuses the user or the password')),
    ...named('work', failedFigures(worked, fatal, 'it refuses the user or the password')),
    equals('exit code with the right one', allowed.exitCode, 0),
  ]
}

async function redisTooOld({ stage, server }: Trial): Promise<readonly Figure[]> {
  const version = '5.0.7'
  await using redis = await startOldRedis(version)
  const { env } = server
  const submit = ['fleet', 'submit', '--all', '--out', join(stage.folder, 'old'), '--redis', redis.url]
  const said = `its version is ${version}`
  return [
    ...named('submit', failedFigures(await runCommand(submit, { env }), fatal, said)),
    ...named('work', failedFigures(await runCommand(['fleet', 'work', '--redis', redis.url], { env }), fatal, said)),
  ]
}

async function noRedis({ stage, server }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  await redis.kill()
  using fleet = fleetCommands({ server, redis })
  return [
    ...named(
      'submit',
      failedFigures(await fleet.submit(join(stage.folder, 'none')).ended, retryable, 'Cannot reach Redis'),
    ),
    ...named('work', failedFigures(await fleet.work().ended, retryable, 'Cannot reach Redis')),
  ]
}

/** A file lies where the folder shall be: not even root can write below it. All jobs go back. */
async function refusingDestination({ stage, server, imageSets, single }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  const place = join(stage.folder, 'refusing')
  const out = join(place, 'out')
  await mkdir(place)
  using fleet = fleetCommands({ server, redis })
  const runId = runIdOf(await fleet.submit(out).ended)
  await rm(place, { recursive: true })
  await writeFile(place, '')
  const refused = await fleet.work(['--until-empty']).ended
  const given = await readQueue(redis, runId)
  await rm(place)
  const worked = await fleet.work(['--until-empty']).ended
  return [
    equals('exit code', refused.exitCode, fatal),
    holds('names the folder', refused.stderr.includes(out), refused.stderr),
    equals('jobs that wait then', given.waiting + given.delayed, imageSets),
    equals('exit code of a worker when it is mended', worked.exitCode, 0),
    ...(await reported({ server, redis }, { runId, out, single, stage })),
  ]
}

/** The folder goes while a worker writes into it. All that it has not done goes back. */
async function goneDestination({ stage, server, single }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  const [place, folder, file] = ['place', 'folder', 'file'].map((name) => join(stage.folder, name))
  if (place === undefined || folder === undefined || file === undefined) throw new TypeError('Expected three paths')
  await mkdir(folder)
  await writeFile(file, '')
  await symlink(folder, place)
  using fleet = fleetCommands({ server, redis })
  const out = join(place, 'out')
  const runId = runIdOf(await fleet.submit(out).ended)
  const worker = fleet.work(['--until-empty', '--jobs', '4'])
  await untilDone({ redis }, runId, { isEnough: ({ done }) => done > 0 })
  await leadTo(place, file)
  const { exitCode, stderr } = await worker.ended
  const given = await readQueue(redis, runId)
  await leadTo(place, folder)
  const mended = await fleet.work(['--until-empty']).ended
  return [
    equals('exit code', exitCode, fatal),
    holds('names the folder', stderr.includes(out), stderr),
    equals('jobs that failed, or that nobody can take', given.failed + given.active, 0),
    equals('exit code of a worker when it is mended', mended.exitCode, 0),
    ...(await reported({ server, redis }, { runId, out, single, stage })),
  ]
}

/** Makes a link lead elsewhere. A worker never has a moment to create a folder in its place. */
async function leadTo(link: string, target: string): Promise<void> {
  await symlink(target, `${link}.new`)
  await rename(`${link}.new`, link)
}

/** A job that no fleet wrote is not run, and named; the others are done. */
async function poisonedJob({ stage, server, imageSets, single }: Trial): Promise<readonly Figure[]> {
  await using redis = await startRedis({ folder: stage.folder })
  const out = join(stage.folder, 'poisoned')
  using fleet = fleetCommands({ server, redis })
  const runId = runIdOf(await fleet.submit(out).ended)
  const [jobId = ''] = await readWaiting(redis, runId)
  await redis.command('HSET', jobKey(runId, jobId), 'data', '{"path":"../../etc/passwd"}')
  const worked = await fleet.work(['--until-empty']).ended
  const counts = await readQueue(redis, runId)
  const report = await fleet.start(['report', runId]).ended
  const errors = await readErrors(out)
  await redis.command('HSET', jobKey(runId, jobId), 'data', '{}')
  const retried = await fleet.start(['retry', runId]).ended
  const mended = await fleet.work(['--until-empty']).ended
  return [
    equals('jobs done', counts.done, imageSets - 1),
    equals('jobs failed', counts.failed, 1),
    equals('exit code of the worker', worked.exitCode, someFailed),
    equals('exit code of the report', report.exitCode, someFailed),
    equals(
      'codes of errors.ndjson',
      errors.map(({ code }) => code),
      ['FLEET_JOB_MALFORMED'],
    ),
    equals('exit code of `fleet retry` when it is mended', retried.exitCode, 0),
    equals('exit code of the worker then', mended.exitCode, 0),
    ...(await reported({ server, redis }, { runId, out, single, stage })),
  ]
}

/** Returns figures that say whether a command failed as it must, with a clear message. */
function failedFigures({ exitCode, stderr }: CommandResult, expected: number, said: string): Figure[] {
  return [equals('exit code', exitCode, expected), holds(`says "${said}"`, stderr.includes(said), stderr)]
}

/** Reports a run, and compares it with the single export. */
async function reported(
  parts: FleetParts,
  { runId, out, single, stage }: Pick<Trial, 'single' | 'stage'> & { readonly runId: string; readonly out: string },
): Promise<readonly Figure[]> {
  using fleet = fleetCommands(parts)
  const { exitCode, stderr } = await fleet.start(['report', runId]).ended
  if (exitCode !== 0) stage.note(stderr)
  const verified = await runCommand(['verify', out])
  return [
    equals('exit code of the report', exitCode, 0),
    ...comparedFigures(await readWritten(out), single, stage),
    equals('exit code of `verify`', verified.exitCode, 0),
  ]
}

function linesWith(text: string, word: string): string[] {
  return text.split('\n').filter((line) => line.includes(word))
}
