import { onTestFinished } from 'vitest'
import { hasRedis, startRedis, type RedisServer } from '../../../fleet/test/redis-server.ts'
import { makeFolder } from './export-folder.ts'
import type { LocalAhi } from './local-ahi.ts'
import { startCli, type CliResult, type RunningCli } from './run-cli.ts'

export { hasRedis }

/** A Redis of a test, and the commands of a fleet pointed at it and at an emulator. */
export interface LocalFleet {
  readonly redis: RedisServer
  /** A folder that goes away with the test. */
  readonly out: string
  run(...args: readonly string[]): Promise<CliResult>
  start(...args: readonly string[]): RunningCli
  /** Submits the whole data store into the folder, and returns the id of the run. */
  submit(...args: readonly string[]): Promise<string>
}

/** Starts a Redis that goes away with the test. */
export async function startLocalFleet(ahi: LocalAhi): Promise<LocalFleet> {
  const redis = await startRedis('--appendonly', 'yes')
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const out = await makeFolder()
  const env = { ...ahi.env, AHI_DICOM_REDIS_URL: redis.url }
  const start = (...args: readonly string[]): RunningCli => startCli(['fleet', ...args, '--no-progress'], { env })
  const run = async (...args: readonly string[]): Promise<CliResult> => await start(...args).result
  return {
    redis,
    out,
    run,
    start,
    async submit(...args) {
      const { stdout } = await run('submit', '--all', '--out', out, '--quiet', ...args)
      return stdout.trim()
    },
  }
}
