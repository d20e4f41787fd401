import { setTimeout as wait } from 'node:timers/promises'
import { startCommand, type CommandResult, type RunningCommand } from '../../faults/command/command.ts'
import type { ServerProcess } from '../../faults/server/server-process.ts'
import { readQueue, type QueueCounts } from '../redis/read-queue.ts'
import type { RedisServer } from '../redis/redis-server.ts'

/** Processes and addresses of a fleet. */
export interface FleetParts {
  readonly server: ServerProcess
  readonly redis: RedisServer
  /** Environment of all its commands, such as keys of a bucket. */
  readonly env?: Readonly<Record<string, string>>
}

/** The command's fleet, over an emulator and a Redis. Disposing of it kills what still runs. */
export interface FleetCommands extends Disposable {
  /** Starts to submit everything that the server holds. */
  submit(out: string, options?: readonly string[]): RunningCommand
  /** Starts a worker. */
  work(options?: readonly string[]): RunningCommand
  /** Starts another command of the fleet, such as `report`. */
  start(args: readonly string[]): RunningCommand
}

/** Returns the commands of a fleet. */
export function fleetCommands({ server, redis, env }: FleetParts): FleetCommands {
  const running = new Set<RunningCommand>()

  function start(args: readonly string[]): RunningCommand {
    const [name = '', ...rest] = args
    const command = startCommand(['fleet', name, '--redis', redis.url, ...rest], { env: { ...server.env, ...env } })
    running.add(command)
    void command.ended.then(() => running.delete(command))
    return command
  }
  return {
    submit: (out, options = []) => start(['submit', '--all', '--out', out, ...options]),
    work: (options = []) => start(['work', ...options]),
    start,
    [Symbol.dispose]() {
      for (const command of running) command.kill()
    },
  }
}

/** Returns the id of the run that was submitted. Throws if it was not. */
export function runIdOf({ exitCode, stdout, stderr }: CommandResult): string {
  const [id] = /\b[0-9a-f]{16}\b/.exec(stdout) ?? []
  if (exitCode !== 0 || id === undefined) throw new Error(`Cannot submit: exit code ${exitCode}: ${stdout}${stderr}`)
  return id
}

const pollMs = 200

/** Waits until a run has nothing left to do, or `isEnough` says so. Throws if a process that has to go on ends before. */
export async function untilDone(
  { redis }: Pick<FleetParts, 'redis'>,
  runId: string,
  {
    workers = [],
    isEnough = isDone,
  }: { readonly workers?: readonly RunningCommand[]; readonly isEnough?: (counts: QueueCounts) => boolean } = {},
): Promise<QueueCounts> {
  const ended = Promise.race(workers.map(async ({ ended: end }) => await end))
  for (;;) {
    const counts = await readQueue(redis, runId)
    if (isEnough(counts)) return counts
    const result = await Promise.race([ended, wait(pollMs)])
    if (result !== undefined)
      throw new Error(`A worker ended with ${result.exitCode}: ${result.stdout}${result.stderr}`)
  }
}

function isDone({ waiting, active, delayed }: QueueCounts): boolean {
  return waiting + active + delayed === 0
}

/** Stops workers and returns their results. */
export async function stopAll(workers: readonly RunningCommand[]): Promise<readonly CommandResult[]> {
  for (const worker of workers) worker.stop()
  return await Promise.all(workers.map(async ({ ended }) => await ended))
}
