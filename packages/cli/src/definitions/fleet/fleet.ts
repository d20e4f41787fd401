import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import { UsageError } from '../../errors.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import { addCommand } from '../add-command.ts'
import { addReport } from './report.ts'
import { addRunChanges } from './run-changes.ts'
import { addStatus } from './status.ts'
import { addSubmit } from './submit.ts'
import { addWork } from './work.ts'

const examples = `A fleet exports on many machines. submit puts one job per image set into Redis or Valkey, workers on any number of machines do
them, and report merges their records into one export. Put the password of Redis in AHI_DICOM_REDIS_PASSWORD: in --redis it
would show in process lists. docs/fleet.md describes how to run a fleet.

Examples:
  ahi-dicom fleet submit --all --out s3://bucket/everything       once; prints the id of the run
  ahi-dicom fleet work --until-empty                              on each machine
  ahi-dicom fleet status --watch                                  show the progress
  ahi-dicom fleet report RUN                                      at the end: write the record and the summary`

/** Adds the command `fleet` and the commands below it. */
export function addFleet(program: Command, run: CommandRunner): void {
  const fleet = addCommand(program, 'fleet', 'Export a data store with many machines, coordinated by Redis.', examples)
  fleet
    .option('--redis <url>', 'URL of Redis, rediss:// for TLS (env: AHI_DICOM_REDIS_URL)')
    .option('--redis-user <name>', 'user name for Redis (default: from the URL)')
    .option('--redis-ca <file>', 'PEM file of certificate authorities to trust')
    .option('--redis-cert <file>', 'PEM file of the client certificate')
    .option('--redis-key <file>', 'PEM file of the key of --redis-cert')
    .option('--redis-prefix <name>', 'prefix of the keys in Redis (default: ahi-dicom)')
  fleet.helpCommand(false).hook('preAction', refuseStoredPassword)
  addSubmit(fleet, run)
  addWork(fleet, run)
  addStatus(fleet, run)
  addRunChanges(fleet, run)
  addReport(fleet, run)
}

/** Refuses a password in a configuration file, because such files are shared and committed. */
function refuseStoredPassword(fleet: Command): void {
  if (fleet.getOptionValueSource('redis') !== 'config') return
  const { redis = '' } = fleet.opts<RedisOptions>()
  if (URL.parse(redis)?.password === '') return
  throw new UsageError(
    "Cannot use 'fleet.redis' of the configuration file: it must be a URL without a password; " +
      'put the password in AHI_DICOM_REDIS_PASSWORD',
  )
}
