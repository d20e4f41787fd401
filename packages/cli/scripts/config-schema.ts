import type { Command, Option } from 'commander'
import { commandPath } from '../src/command-path.ts'
import { configurableCommands, configurableOptions, isRepeatable, isSwitch } from '../src/config/configurable.ts'

/** Returns the JSON Schema of configuration files. Editors use it for completion. */
export function configSchema(program: Command): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of ahi-dicom',
    ...objectOf({
      $schema: { description: 'URL of this schema, for editors', type: 'string' },
      ...commandSchemas(program),
    }),
  }
}

/** Returns the schemas of the options of a command, and of the sections below it. */
function commandSchemas(command: Command): object {
  const sections = configurableCommands(command).map((below) => [
    below.name(),
    {
      description: `Options of \`${commandPath(below)}\`: ${below.description()}`,
      ...objectOf(commandSchemas(below)),
    },
  ])
  return { ...optionSchemas(command), ...Object.fromEntries(sections) }
}

function objectOf(properties: object): object {
  return { type: 'object', additionalProperties: false, properties }
}

function optionSchemas(command: Command): object {
  return Object.fromEntries(
    [...configurableOptions(command)].map(([name, options]) => [name, optionSchema(options)] as const),
  )
}

function optionSchema(options: readonly Option[]): object {
  const [option] = options
  if (option === undefined || isSwitch(options)) return { ...described(option), type: 'boolean' }
  if (option.argChoices !== undefined) return { ...described(option), enum: option.argChoices }
  const one = { type: ['string', 'number'] }
  if (!isRepeatable(option)) return { ...described(option), ...one }
  return { ...described(option), anyOf: [one, { type: 'array', items: one }] }
}

/** Returns the description of an option. `--no-NAME` is described as `NAME`, which is true by default. */
function described(option: Option | undefined): object {
  if (option === undefined) return {}
  return {
    description: option.negate ? `${option.long ?? ''}: ${option.description}; default true` : option.description,
  }
}
