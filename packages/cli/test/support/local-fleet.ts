import { onTestFinished } from 'vitest'
import { hasRedis, startRedis, type RedisServer } from '../../../fleet/test/redis-server.ts'
import { makeFolder } from './export-folder.ts'
import type { LocalAhi } from './local-ahi.ts'
import { startCli, type CliResult, type RunningCli } from './run-cli.ts'

export { hasRedis }

/** Fleet commands that use a Redis and an emulator of the test. */
export interface LocalFleet {
  readonly redis: RedisServer
  /** A folder that is removed at the end of the test. */
  readonly out: string
  run(...args: readonly string[]): Promise<CliResult>
  start(...args: readonly string[]): RunningCli
  /** Submits an export of the whole data store to the folder. Returns the id of the run. */
  submit(...args: readonly string[]): Promise<string>
}

/** Starts a Redis that is stopped at the end of the test. */
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
