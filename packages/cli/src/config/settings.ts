import { InvalidArgumentError, type Command, type Option } from 'commander'
import { commandPath } from '../command-path.ts'
import { UsageError } from '../errors.ts'
import { isObject, type ConfigFile } from './config-files.ts'
import { conflictsAmong } from './conflicts.ts'
import { configurableCommands, configurableOptions, isRepeatable, isSwitch, secretOptions } from './configurable.ts'

/** Values for the options of one command, by name. They have the types that the parsers of the options return. */
export type Settings = ReadonlyMap<string, unknown>

/**
 * Checks a whole configuration file. Returns its settings for the program and for each command.
 *
 * @throws {UsageError} for an unknown name or a malformed value; it names the file and the option
 */
export function readSettings(program: Command, { path, settings }: ConfigFile): ReadonlyMap<Command, Settings> {
  const { $schema: _, ...members } = settings
  return new Map(readCommand({ place: `in the configuration file ${path}`, command: program, section: '' }, members))
}

/** Reads the options of a command, and the sections of the commands below it. */
function readCommand({ place, command, section }: Section, values: unknown): readonly (readonly [Command, Settings])[] {
  if (!isObject(values)) throw wrong(place, section.slice(0, -1), 'it must be an object with options')
  const below = new Map(configurableCommands(command).map((known) => [known.name(), known]))
  const sections = Object.entries(values).flatMap(([name, value]) => {
    const named = below.get(name)
    return named === undefined ? [] : readCommand({ place, command: named, section: `${section}${name}.` }, value)
  })
  const options = Object.fromEntries(Object.entries(values).filter(([name]) => !below.has(name)))
  return [[command, readOptions({ place, command, section }, options)], ...sections]
}

/** Values for the options of a command. */
export interface Section {
  /** The source of the values, for messages, such as `in the configuration file x.json`. */
  readonly place: string
  readonly command: Command
  /** Prefix of option names in messages, such as `export.`. */
  readonly section: string
}

/**
 * Checks values by option name. Returns them as the parsers of the options do.
 *
 * @throws {UsageError} for an unknown name or a malformed value; it names the place and the option
 */
export function readOptions({ place, command, section }: Section, values: Readonly<Record<string, unknown>>): Settings {
  const known = configurableOptions(command)
  const settings = new Map(
    Object.entries(values).map(([name, value]) => {
      const options = known.get(name)
      if (options === undefined) throw wrong(place, `${section}${name}`, whyUnknown(name, command, known))
      try {
        return [name, isSwitch(options) ? switchValue(value) : parsedValue(options[0], value)]
      } catch (error) {
        throw wrong(place, `${section}${name}`, reasonOf(error))
      }
    }),
  )
  for (const [name, excluded] of conflictsAmong(command, (other) => isOn(settings.get(other)))) {
    throw wrong(place, `${section}${name}`, `it excludes '${excluded}'; leave one of them out`)
  }
  return settings
}

/** Returns true if an option is set. `false` is a switch that is off. */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== false
}

function whyUnknown(name: string, command: Command, known: ReadonlyMap<string, unknown>): string {
  if (secretOptions.has(name)) return 'secrets are not allowed in this file; give it on the command line'
  const above = placeAbove(name, command)
  if (above !== undefined) return above
  return `there is no option of this name here; use one of ${[...known.keys()].join(', ')}`
}

/** Returns advice on where to put an option that a group above or the program has, or undefined if none has it. */
function placeAbove(name: string, { parent }: Command): string | undefined {
  if (parent === null) return undefined
  if (!configurableOptions(parent).has(name)) return placeAbove(name, parent)
  if (parent.parent === null) return 'it is an option of every command; put it at the top of the file'
  return `it is an option of all commands of ${commandPath(parent)}; put it directly below '${parent.name()}'`
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

function wrong(place: string, name: string, why: string): UsageError {
  return new UsageError(`Cannot use '${name}' ${place}: ${why}`)
}
