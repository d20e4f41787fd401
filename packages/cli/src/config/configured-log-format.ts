import type { Command } from 'commander'
import { logFormats, type LogFormat } from '../log.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { readConfigFiles } from './config-files.ts'

/** Returns how the nearest configuration file that says so wants messages written, whatever else is wrong with it. */
export function configuredLogFormat(program: Command, env: NodeJS.ProcessEnv): LogFormat | undefined {
  try {
    const files = readConfigFiles(program.opts<GlobalOptions>().config, env)
    const said = files.map(({ settings }) => settings['logFormat']).find((value) => value !== undefined)
    return logFormats.find((format) => format === said)
  } catch {
    // What cannot be read is told by whoever needs the rest of it.
    return undefined
  }
}
