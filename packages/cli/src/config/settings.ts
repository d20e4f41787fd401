import { InvalidArgumentError, type Command, type Option } from 'commander'
import { UsageError } from '../errors.ts'
import { isObject, type ConfigFile } from './config-files.ts'
import { conflictsAmong } from './conflicts.ts'
import { configurableCommands, configurableOptions, isRepeatable, isSwitch, secretOptions } from './configurable.ts'

/** What a file sets of one command: values as the parser would give them, by the names of options. */
export type Settings = ReadonlyMap<string, unknown>

/** What a file sets. */
export interface FileSettings {
  /** For options of every command. */
  readonly program: Settings
  readonly commands: ReadonlyMap<string, Settings>
}

/**
 * Checks a whole configuration file and returns what it sets.
 *
 * @throws {UsageError} for a name or a value that cannot be; it names file and option
 */
export function readSettings(program: Command, { path, settings }: ConfigFile): FileSettings {
  const commands = new Map(configurableCommands(program).map((command) => [command.name(), command]))
  const { $schema: _, ...members } = settings
  const sections = Object.entries(members).filter(([name]) => commands.has(name))
  const others = Object.fromEntries(Object.entries(members).filter(([name]) => !commands.has(name)))
  return {
    program: readSection({ path, command: program, section: '' }, others),
    commands: new Map(
      sections.map(([name, value]) => {
        const command = commands.get(name) ?? program
        return [name, readSection({ path, command, section: `${name}.` }, value)]
      }),
    ),
  }
}

interface Section {
  readonly path: string
  readonly command: Command
  /** Stands before the names of its options in messages. */
  readonly section: string
}

function readSection({ path, command, section }: Section, values: unknown): Settings {
  if (!isObject(values)) throw wrong(path, section.slice(0, -1), 'it has to be an object with options')
  const known = configurableOptions(command)
  const settings = new Map(
    Object.entries(values).map(([name, value]) => {
      const options = known.get(name)
      if (options === undefined) throw wrong(path, `${section}${name}`, whyUnknown(name, command, known))
      try {
        return [name, isSwitch(options) ? switchValue(value) : parsedValue(options[0], value)]
      } catch (error) {
        throw wrong(path, `${section}${name}`, reasonOf(error))
      }
    }),
  )
  for (const [name, excluded] of conflictsAmong(command, (other) => isOn(settings.get(other)))) {
    throw wrong(path, `${section}${name}`, `it excludes '${excluded}'; leave one of them out`)
  }
  return settings
}

/** Returns whether a value does something: `false` is a switch that is off. */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== false
}

function whyUnknown(name: string, command: Command, known: ReadonlyMap<string, unknown>): string {
  if (secretOptions.has(name)) return 'a secret has no place in this file; give it on the command line'
  const isOfCommand = command.parent !== null && configurableOptions(command.parent).has(name)
  if (isOfCommand) return 'it is an option of every command; put it at the top of the file'
  return `there is no such option here; those are ${[...known.keys()].join(', ')}`
}

function switchValue(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError('give true or false')
}

function parsedValue(option: Option | undefined, value: unknown): unknown {
  if (option === undefined) return value
  if (!isRepeatable(option)) return parsed(option, textOf(value), undefined)
  const values = Array.isArray(value) ? value : [value]
  return values.reduce<unknown>((previous, one) => {
    const text = textOf(one)
    if (option.parseArg !== undefined) return parsed(option, text, previous)
    return Array.isArray(previous) ? [...previous, text] : [text]
  }, undefined)
}

function parsed({ parseArg }: Option, text: string, previous: unknown): unknown {
  return parseArg === undefined ? text : parseArg(text, previous)
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new TypeError('give a text or a number')
}

function reasonOf(error: unknown): string {
  const isOfParser = error instanceof UsageError || error instanceof TypeError || error instanceof InvalidArgumentError
  if (isOfParser) return error.message
  throw error
}

function wrong(path: string, name: string, why: string): UsageError {
  return new UsageError(`Cannot use '${name}' in the configuration file ${path}: ${why}`)
}
