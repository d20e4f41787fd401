import type { Command } from 'commander'
import { logFormats, type LogFormat } from '../log.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { readConfigFiles } from './config-files.ts'

/** Returns the log format that the configuration files set, even if other parts of them are wrong. */
export function configuredLogFormat(program: Command, env: NodeJS.ProcessEnv): LogFormat | undefined {
  try {
    const files = readConfigFiles(program.opts<GlobalOptions>().config, env)
    const said = files.map(({ settings }) => settings['logFormat']).find((value) => value !== undefined)
    return logFormats.find((format) => format === said)
  } catch {
    // `configure` reports a file that cannot be read.
    return undefined
  }
}
