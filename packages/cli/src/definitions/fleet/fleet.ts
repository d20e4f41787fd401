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

const examples = `A fleet exports on many machines: submit puts a job for each image set into Redis or Valkey, any number of workers takes
them, and report makes one export of what they wrote. AHI_DICOM_REDIS_PASSWORD has the password of Redis; a password in
--redis shows in lists of processes. docs/fleet.md says how to run it.

Examples:
  ahi-dicom fleet submit --all --out s3://bucket/everything       once: prints the id of the run
  ahi-dicom fleet work --until-empty                              on each machine
  ahi-dicom fleet status --watch                                  where it stands
  ahi-dicom fleet report RUN                                      the record and the summary, at the end`

/** Adds the command `fleet` and the commands below it. */
export function addFleet(program: Command, run: CommandRunner): void {
  const fleet = addCommand(program, 'fleet', 'Export a whole data store with many machines, on Redis.', examples)
  fleet
    .option('--redis <url>', 'Redis or Valkey, rediss:// for TLS (env: AHI_DICOM_REDIS_URL)')
    .option('--redis-user <name>', 'user of Redis (default: from the URL)')
    .option('--redis-ca <file>', 'PEM certificates of the authorities that Redis is trusted by')
    .option('--redis-cert <file>', 'PEM certificate to show to Redis')
    .option('--redis-key <file>', 'PEM key of --redis-cert')
    .option('--redis-prefix <name>', 'begins the keys of this fleet in Redis (default: ahi-dicom)')
  fleet.helpCommand(false).hook('preAction', refuseStoredPassword)
  addSubmit(fleet, run)
  addWork(fleet, run)
  addStatus(fleet, run)
  addRunChanges(fleet, run)
  addReport(fleet, run)
}

/** Configuration files are shared and committed. */
function refuseStoredPassword(fleet: Command): void {
  if (fleet.getOptionValueSource('redis') !== 'config') return
  const { redis = '' } = fleet.opts<RedisOptions>()
  if (URL.parse(redis)?.password === '') return
  throw new UsageError(
    "Cannot use 'fleet.redis' of the configuration file: a password has no place there, and it has to be a URL; " +
      'set AHI_DICOM_REDIS_PASSWORD to the password',
  )
}
