import type { Command, Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { otherThanFolder } from '../options/folder-path.ts'
import { archive } from './archive.ts'
import { bucket } from './bucket.ts'
import type { DestinationKind, OpenOutput } from './destination-kind.ts'
import type { DestinationOptions } from './destination-options.ts'
import { dimse } from './dimse.ts'
import { dicomweb } from './dicomweb.ts'
import { folder } from './folder.ts'
import { standardOutput } from './standard-output.ts'

/** A destination as the command line names it. */
export interface NamedDestination {
  /** The text on the command line. */
  readonly text: string
  readonly kind: Kind
  /** Name that is the same on all machines. Undefined if several processes cannot write to it at the same time. */
  readonly shared: string | undefined
  readonly open: (options: DestinationOptions, context: CommandContext) => Promise<OpenOutput>
}

/** The members of a {@link DestinationKind} that do not depend on the type of its places. */
interface Kind extends Pick<DestinationKind<unknown, unknown>, 'name' | 'form'> {
  readonly options: () => readonly Option[]
  readonly parse: (text: string) => NamedDestination | undefined
}

/** All kinds. The first kind that recognises a text is used. The folder is last and accepts any other text. */
const kinds: readonly Kind[] = [
  kindOf(standardOutput),
  kindOf(bucket),
  kindOf(dicomweb),
  kindOf(dimse),
  kindOf(archive),
  kindOf(folder),
]

function kindOf<Place>({
  name,
  form,
  parse,
  options = () => [],
  open,
  shared,
}: DestinationKind<Place, DestinationOptions>): Kind {
  const kind: Kind = {
    name,
    form,
    options,
    parse(text) {
      const place = parse(text)
      if (place === undefined) return undefined
      return { text, kind, shared: shared?.(place), open: (given, context) => open(place, given, context) }
    },
  }
  return kind
}

/** Returns the destination that a text names, or throws a {@link UsageError}. */
export function parseDestination(text: string): NamedDestination {
  for (const kind of kinds) {
    const named = kind.parse(text)
    if (named !== undefined) return named
  }
  const { what = 'a name', asFolder = `./${text}` } = otherThanFolder(text) ?? {}
  throw new UsageError(
    `Cannot use '${text}' as destination: it is ${what}, which is not supported; ` +
      `give ${destinationForms()}, or ${asFolder} for a folder of that name`,
  )
}

/** Returns the forms of all destinations, for messages. */
function destinationForms(): string {
  return kinds.map(({ form }) => form).join(', ')
}

/** Adds the options of all kinds to a command. */
export function addDestinationOptions(command: Command): Command {
  const options = new Map(kinds.flatMap((kind) => kind.options()).map((option) => [option.attributeName(), option]))
  for (const option of options.values()) command.addOption(option)
  return command
}

/**
 * Refuses options on the command line that the kind of destination does not have. A configuration file may have options for
 * several kinds.
 *
 * @throws {UsageError} that names the kinds that have the option
 */
export function checkDestinationOptions(command: Command, { kind }: NamedDestination): void {
  const own = namesOf(kind)
  for (const option of kinds.flatMap((other) => other.options())) {
    const name = option.attributeName()
    if (own.includes(name) || command.getOptionValueSource(name) !== 'cli') continue
    const owners = kinds.filter((other) => namesOf(other).includes(name)).map(({ form }) => form)
    throw new UsageError(
      `Cannot use ${option.long} with ${kind.name}: it applies to ${owners.join(', ')}; leave it out`,
    )
  }
}

function namesOf(kind: Kind): readonly string[] {
  return kind.options().map((option) => option.attributeName())
}
