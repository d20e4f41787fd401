import { Help, type Command, type HelpConfiguration, type Option } from 'commander'
import { commandPath } from '../command-path.ts'
import { wrapItem, wrapText } from '../wrap-text.ts'

/** Length of the help: all options (`--help`), or the most used ones (`-h`). */
export type HelpLength = 'short' | 'full'

/**
 * Options in the short help of a command, including options of its group. For commands that are not listed, the short help
 * shows the first options.
 */
const mostUsed: Readonly<Record<string, readonly string[]>> = {
  'ahi-dicom': ['--datastore-id', '--profile', '--json', '--help'],
  search: ['--all', '--accession', '--modality', '--updated-since', '--where', '--ids', '--show-patient', '--help'],
  series: ['--all', '--accession', '--modality', '--updated-since', '--where', '--ids', '--help'],
  export: ['--all', '--out', '--format', '--transfer-syntax', '--resume', '--overwrite', '--dry-run', '--help'],
  plan: ['--all', '--where', '--out', '--format', '--rate', '--cache', '--help'],
  table: ['--all', '--where', '--columns', '--level', '--out', '--format', '--help'],
  thumbnails: ['--all', '--where', '--out', '--size', '--each', '--help'],
  sync: ['--all', '--where', '--out', '--format', '--transfer-syntax', '--delete', '--dry-run', '--help'],
  emulate: ['--data', '--import', '--port', '--quotas', '--faults', '--help'],
  fleet: ['--redis', '--help'],
  'fleet submit': ['--all', '--where', '--out', '--format', '--transfer-syntax', '--redis', '--help'],
  'fleet work': ['--redis', '--accept', '--until-empty', '--grace', '--jobs', '--metrics-port', '--help'],
  'fleet status': ['--redis', '--watch', '--help'],
  'fleet report': ['--redis', '--out-profile', '--help'],
  'fleet pause': ['--redis', '--help'],
  'fleet resume': ['--redis', '--help'],
  'fleet cancel': ['--redis', '--help'],
  'fleet retry': ['--redis', '--help'],
  'fleet forget': ['--redis', '--help'],
}

const firstOptions = 6

/** Returns the length of help that the arguments ask for. */
export function helpLengthOf(args: readonly string[]): HelpLength {
  return args.includes('-h') && !args.includes('--help') ? 'short' : 'full'
}

/** Returns the parser's settings for a length of help. */
export function helpConfiguration(length: HelpLength): HelpConfiguration {
  if (length === 'full') return { ...narrowing, showGlobalOptions: true }
  return { ...narrowing, showGlobalOptions: false, visibleOptions: mostUsedOptions }
}

/** Wraps lines on narrow terminals as well. By default the parser does not wrap descriptions to less than 40 columns. */
const narrowing: HelpConfiguration = {
  minWidthToWrap: 1,
  formatItem: (term, termWidth, description, { helpWidth = usualWidth }) =>
    wrapItem({ indent: 2, term, column: termWidth + 4, description }, helpWidth),
}

const usualWidth = 80

/** Returns true if a command shows the short help, which leaves out the global options. */
export function isShortHelp(command: Command): boolean {
  return command.configureHelp().showGlobalOptions !== true
}

/** Adds a text after the options of a command. It is wrapped to the width of the terminal. */
export function addTextAfter(command: Command, text: string): Command {
  return command.addHelpText('after', ({ error }) => wrapText(text, helpWidth(command, error)))
}

/** Returns the width of help in columns. */
export function helpWidth(command: Command, isError = false): number {
  const output = command.configureOutput()
  return (isError ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? usualWidth
}

/** Returns the text after the options: all examples, or in the short help the first one and a hint to the full help. */
export function afterOptions(command: Command, examples: string): string {
  if (!isShortHelp(command)) return `\n${examples}\n\nExit codes: ahi-dicom help exit-codes`
  const [, first = ''] = /^(?:Examples?|Start here):\n(.+)$/m.exec(examples) ?? []
  const name = `ahi-dicom ${commandPath(command)}`.trimEnd()
  const alone = first.replace(/(\S) {3,}/, '$1  ')
  return `\nExample:\n${alone}\n\nAll options: ${name} --help`
}

const fullHelp = new Help()

function mostUsedOptions(command: Command): Option[] {
  const options = fullHelp.visibleOptions(command)
  const wanted = mostUsed[commandPath(command) || command.name()]
  if (wanted === undefined) return options.filter((option, index) => index < firstOptions || option.long === '--help')
  const group = command.parent?.parent ? fullHelp.visibleOptions(command.parent) : []
  const inherited = group.filter(({ long }) => long !== '--help')
  return [...inherited, ...options].filter(({ long }) => wanted.includes(long ?? ''))
}
