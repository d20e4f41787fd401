import type { Command } from 'commander'
import type { GlobalOptions } from '../options/global-options.ts'
import { readConfigFiles } from './config-files.ts'
import { configurableCommands } from './configurable.ts'
import { conflictsAmong } from './conflicts.ts'
import { readSettings, type Settings } from './settings.ts'

/**
 * Gives a command what the configuration files set and neither the command line nor the environment does. The nearest file
 * comes first.
 *
 * @throws {UsageError} for a file that is wrong, also in the part of another command
 */
export function configure(program: Command, command: Command, env: NodeJS.ProcessEnv): void {
  const commands = commandsAbove(command)
  if (!configurableCommands(program).some((known) => commands.includes(known))) return
  const files = readConfigFiles(program.opts<GlobalOptions>().config, env)
  for (const settings of files.map((file) => readSettings(program, file))) {
    for (const each of commands) apply(each, withoutOverridden(settings.get(each) ?? new Map(), env))
  }
}

/** Returns the program, the commands that group a command, and the command. */
function commandsAbove(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [...commandsAbove(command.parent), command]
}

/** Variables of the environment that come before a file, by the names of the options that they stand for. */
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
  // The command line may ask for the opposite of the file, and that for the opposite of the next one.
  const isExcluded = (name: string): boolean =>
    conflictsAmong(command, (other) => other === name || isSet(other)).some((pair) => pair.includes(name))
  const applied = [...settings].filter(([name]) => !isSet(name) && !isExcluded(name))
  for (const [name, value] of applied) command.setOptionValueWithSource(name, value, 'config')
}
