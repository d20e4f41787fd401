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
  /** A configuration file; `false`: none. Default: those that are there. */
  readonly config?: string | false
}

/** Adds the options that every command has. They may stand before or after the name of the command. */
export function addGlobalOptions(program: Command): void {
  program
    .option('--datastore-id <id>', 'the data store (env: AHI_DATASTORE_ID)')
    .option('--profile <name>', 'the AWS profile (env: AWS_PROFILE)')
    .option('--region <name>', 'the AWS region (env: AWS_REGION, AWS_DEFAULT_REGION)')
    .option(
      '--endpoint-url <url>',
      'another endpoint than AWS, such as an emulator (env: AWS_ENDPOINT_URL_MEDICAL_IMAGING)',
    )
    .option(
      '--wait-for-service <seconds>',
      'how long to wait for AHI if it is away in the middle of a job (default: 300)',
      wholeNumber('--wait-for-service', { from: 0, to: 86_400 }),
    )
    .option('--max-rate <operation=n>', 'most requests a second of an operation (repeatable)', repeated)
    .option('--json', 'results as JSON, one document a line, on standard output')
    .option('--quiet', 'neither progress nor notes, only errors')
    .addOption(new Option('--log-level <level>', 'how much to tell').choices(logLevels).default('info'))
    .addOption(
      new Option('--log-format <format>', 'messages as text, or one JSON object a line (default: text)').choices(
        logFormats,
      ),
    )
    .option('--no-progress', 'no progress')
    .option('--config <file>', "a configuration file (default: ahi-dicom.config.json, and the user's file)")
    .option('--no-config', 'read no configuration file')
}

/** Returns the data store that the command line or the environment names, or throws a {@link UsageError}. */
export function requireDatastoreId(options: GlobalOptions, env: NodeJS.ProcessEnv): string {
  const value = options.datastoreId ?? env['AHI_DATASTORE_ID']
  if (value === undefined || value === '') {
    throw new UsageError(
      'Cannot tell which data store is meant: give --datastore-id or set AHI_DATASTORE_ID; ahi-dicom datastores lists those you have',
    )
  }
  return parseDatastoreId(value)
}
