import type { Command } from 'commander'
import type { GlobalOptions } from '../options/global-options.ts'
import { readConfigFiles } from './config-files.ts'
import { configurableCommands } from './configurable.ts'
import { conflictsAmong } from './conflicts.ts'
import { readSettings, type Settings } from './settings.ts'

/**
 * Sets options of a command from the configuration files, unless the command line or the environment sets them. The file in
 * the working folder takes precedence over the user's file.
 *
 * @throws {UsageError} if any part of a file is wrong, including sections of other commands
 */
export function configure(program: Command, command: Command, env: NodeJS.ProcessEnv): void {
  const commands = commandsAbove(command)
  if (!configurableCommands(program).some((known) => commands.includes(known))) return
  const files = readConfigFiles(program.opts<GlobalOptions>().config, env)
  for (const settings of files.map((file) => readSettings(program, file))) {
    for (const each of commands) apply(each, withoutOverridden(settings.get(each) ?? new Map(), env))
  }
}

/** Returns the program, the groups above a command, and the command itself. */
function commandsAbove(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [...commandsAbove(command.parent), command]
}

/** Environment variables that take precedence over a file, by the option that they set. */
const variables: Readonly<Record<string, readonly string[]>> = {
  datastoreId: ['AHI_DATASTORE_ID'],
  profile: ['AWS_PROFILE'],
  region: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  endpointUrl: ['AWS_ENDPOINT_URL_MEDICAL_IMAGING', 'AWS_ENDPOINT_URL'],
  redis: ['AHI_DICOM_REDIS_URL'],
}

function withoutOverridden(settings: Settings, env: NodeJS.ProcessEnv): Settings {
  return new Map([...settings].filter(([name]) => !(variables[name] ?? []).some((variable) => env[variable])))
}

function apply(command: Command, settings: Settings): void {
  const isSet = (name: string): boolean => {
    const source = command.getOptionValueSource(name)
    return source !== undefined && source !== 'default'
  }
  // An option that excludes this one may be set already, by the command line or by the file before.
  const isExcluded = (name: string): boolean =>
    conflictsAmong(command, (other) => other === name || isSet(other)).some((pair) => pair.includes(name))
  const applied = [...settings].filter(([name]) => !isSet(name) && !isExcluded(name))
  for (const [name, value] of applied) command.setOptionValueWithSource(name, value, 'config')
}
