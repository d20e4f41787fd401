import type { Command } from 'commander'
import { Option } from 'commander'
import { UsageError } from '../errors.ts'
import { parseDatastoreId } from './identifiers.ts'
import { logFormats, logLevels, type LogFormat, type LogLevel } from '../log.ts'
import { repeated, wholeNumber } from './option-values.ts'

/** The options that every command has. */
export interface GlobalOptions {
  readonly datastoreId?: string
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  /** Seconds. */
  readonly waitForService?: number
  /** Texts such as `GetImageFrame=500`. */
  readonly maxRate?: readonly string[]
  readonly json?: true
  readonly quiet?: true
  readonly logLevel: LogLevel
  /** Default `text`. */
  readonly logFormat?: LogFormat
  readonly progress: boolean
  /** Path of a configuration file, or `false` for none. Default: the files in the working folder and of the user. */
  readonly config?: string | false
}

/** Adds the options that every command has. They may be given before or after the name of the command. */
export function addGlobalOptions(program: Command): void {
  program
    .option('--datastore-id <id>', 'id of the data store (env: AHI_DATASTORE_ID)')
    .option('--profile <name>', 'AWS profile (env: AWS_PROFILE)')
    .option('--region <name>', 'AWS region (env: AWS_REGION, AWS_DEFAULT_REGION)')
    .option('--endpoint-url <url>', 'endpoint of AHI, such as an emulator (env: AWS_ENDPOINT_URL_MEDICAL_IMAGING)')
    .option(
      '--wait-for-service <seconds>',
      'how long a job waits while AHI is unavailable (default: 300)',
      wholeNumber('--wait-for-service', { from: 0, to: 86_400 }),
    )
    .option('--max-rate <operation=n>', 'maximum requests per second of an operation (repeatable)', repeated)
    .option('--json', 'print results as JSON, one object per line')
    .option('--quiet', 'print only errors and requested results')
    .addOption(new Option('--log-level <level>', 'least important messages to show').choices(logLevels).default('info'))
    .addOption(
      new Option('--log-format <format>', 'write messages as text or JSON lines (default: text)').choices(logFormats),
    )
    .option('--no-progress', 'do not show progress')
    .option('--config <file>', "configuration file (default: ahi-dicom.config.json and the user's file)")
    .option('--no-config', 'read no configuration file')
}

/** Returns the id of the data store from the command line or the environment. Throws a {@link UsageError} if there is none. */
export function requireDatastoreId(options: GlobalOptions, env: NodeJS.ProcessEnv): string {
  const value = options.datastoreId ?? env['AHI_DATASTORE_ID']
  if (value === undefined || value === '') {
    throw new UsageError(
      'Cannot continue without a data store: give --datastore-id or set AHI_DATASTORE_ID; ahi-dicom datastores lists your data stores',
    )
  }
  return parseDatastoreId(value)
}
