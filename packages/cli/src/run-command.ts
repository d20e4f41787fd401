import { CommanderError, type Command } from 'commander'
import { hasColour } from './colour.ts'
import type { CommandContext, CommandRunner } from './command-context.ts'
import { configure } from './config/configure.ts'
import { configuredLogFormat } from './config/configured-log-format.ts'
import { connectionSettings, type ConnectionSettings } from './connection.ts'
import { UsageError } from './errors.ts'
import { errorFields } from './error-fields.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'
import { describeForDebugging, failureOf } from './failure.ts'
import { helpLengthOf } from './help/help-length.ts'
import { withVersionOption } from './options/version-option.ts'
import { requireDatastoreId, type GlobalOptions } from './options/global-options.ts'
import { watchInterrupts, type SignalSource } from './interrupt.ts'
import { createLog, type Log, type LogFormat, type LogOptions } from './log.ts'
import { askMfaCode } from './mfa-code.ts'
import { tellOutage } from './outage-log.ts'
import { createProgram } from './program.ts'
import { createLogProgress, createProgress, createSilentProgress, type Progress } from './progress.ts'
import { tellExit } from './tell-exit.ts'
import type { Terminal } from './terminal.ts'
import { parserMessage } from './usage-error.ts'

/** The parts of the process that the command uses. */
export interface Host {
  readonly terminal: Terminal
  readonly env: NodeJS.ProcessEnv
  readonly signals: SignalSource
  /** Ends the process. Called at the second interrupt. */
  readonly exit: (code: ExitCode) => void
  /** Called with the log, and again once options and configuration have set its level and format. */
  readonly onLog?: ((log: Log) => void) | undefined
}

/**
 * Runs one command line, such as `['export', '--all', '--out', 'x']`, and returns the exit code. Does not throw.
 *
 * @example
 * import { openTerminal, runCommand } from '@ahi-dicom/cli'
 *
 * const { stdin, stdout, stderr, env } = process
 * const terminal = openTerminal({ stdin, stdout, stderr, env })
 * const exitCode = await runCommand(['datastores'], { terminal, env, signals: process, exit: process.exit })
 * console.log(exitCode) // 0
 */
export async function runCommand(args: readonly string[], host: Host): Promise<ExitCode> {
  const { terminal } = host
  const createFirstLog = (format: LogFormat): Log =>
    createHostLog(host, { level: 'info', format, writeLine: (line) => terminal.message(`${line}\n`) })
  let log = createFirstLog(formatInArguments(args) ?? 'text')
  host.onLog?.(log)
  let exitCode: ExitCode = exitCodes.ok
  const run: CommandRunner = async (name, global, action) => {
    const running = startLogging(global, host)
    log = running.log
    host.onLog?.(log)
    exitCode = await runAction({ name, global, action, host }, running)
  }
  const printed: Promise<boolean>[] = []
  const program = createProgram({
    run,
    terminal,
    print: (text) => void printed.push(terminal.print(text)),
    printUsage: (text) => (refusalFormat() === 'text' ? terminal.message(text) : undefined),
    helpLength: helpLengthOf(args),
    configure: (root, command) => configure(root, command, host.env),
  })
  const refusalFormat = (): LogFormat => formatInArguments(args) ?? configuredLogFormat(program, host.env) ?? 'text'
  try {
    await program.parseAsync(withVersionOption(program, args), { from: 'user' })
  } catch (error) {
    const format = refusalFormat()
    log = createFirstLog(format)
    exitCode = parserFailure(error, { log, format, program, args })
  }
  await Promise.all(printed)
  tellExit(log, exitCode)
  return exitCode
}

/** A log, and the progress above which its lines appear. */
interface Logging {
  readonly log: Log
  readonly startProgress: () => Progress
  readonly endProgress: () => void
  /** Hides the progress while the user is asked a question. The returned function shows it again. */
  readonly holdProgress: () => () => void
}

function startLogging(global: GlobalOptions, host: Host): Logging {
  const { logFormat: format = 'text' } = global
  const { message: write, messageColumns: columns } = host.terminal
  let progress: Progress = createSilentProgress(write)
  const log = createHostLog(host, {
    level: global.quiet === true ? 'error' : global.logLevel,
    format,
    writeLine: (line) => progress.line(line),
  })
  return {
    log,
    startProgress() {
      if (!global.progress || !log.shows('info')) return progress
      progress = format === 'json' ? createLogProgress(log, { write }) : createProgress({ columns, write })
      return progress
    },
    endProgress: () => progress[Symbol.dispose](),
    holdProgress: () => progress.hold(),
  }
}

function createHostLog({ env, terminal }: Host, options: LogOptions): Log {
  return createLog({ ...options, hasColour: hasColour(env, terminal.messageColumns() !== undefined) })
}

/** A command to run, and its process. */
interface Action {
  readonly name: string
  readonly global: GlobalOptions
  readonly action: (context: CommandContext) => Promise<ExitCode>
  readonly host: Host
}

async function runAction(
  { name, global, action, host: { terminal, env, signals, exit } }: Action,
  { log, startProgress, endProgress, holdProgress }: Logging,
): Promise<ExitCode> {
  using interrupts = watchInterrupts(signals, {
    onFirst: () =>
      log.info('interrupted; finishing the work in progress (interrupt again to stop at once)', {
        event: 'interrupted',
      }),
    onSecond: () => {
      endProgress()
      const exitCode = exitCodes.interrupted
      log.error(`stopped at once by the second interrupt${unfinishedFiles[name] ?? ''}`, {
        event: 'stopped',
        exitCode,
      })
      tellExit(log, exitCode)
      exit(exitCode)
    },
  })
  try {
    const maxRates = await maxRatesOf(global)
    return await action({
      terminal,
      log,
      signal: interrupts.signal,
      global,
      env,
      connection: () => ({
        ...connectionSettings(global, env),
        ...maxRates,
        onOutage: (outage) => tellOutage(log, outage),
        mfaCodeProvider: async (mfaSerial) => {
          const goOn = holdProgress()
          return await askMfaCode(mfaSerial, terminal, interrupts.signal).finally(goOn)
        },
      }),
      datastoreId: () => requireDatastoreId(global, env),
      startProgress,
    })
  } catch (error) {
    endProgress()
    if (interrupts.signal.aborted) return exitCodes.interrupted
    return reportFailure(error, name, log)
  }
}

/** Advice after the second interrupt, for commands that write files. */
const unfinishedFiles: Readonly<Record<string, string>> = {
  export: leftUnfinished('run it again with --resume, or with --overwrite if the destination cannot be resumed'),
  sync: leftUnfinished('run it again to remove them and write the rest'),
}

function leftUnfinished(advice: string): string {
  return `; some files are unfinished; ${advice}`
}

/** Returns the rates of `--max-rate`. Loads the names of AHI's operations only if the option is given. */
async function maxRatesOf({ maxRate }: GlobalOptions): Promise<Pick<ConnectionSettings, 'maxRates'>> {
  if (maxRate === undefined) return {}
  const { parseMaxRates } = await import('./options/max-rates.ts')
  return { maxRates: parseMaxRates(maxRate) }
}

function reportFailure(error: unknown, commandName: string, log: Log): ExitCode {
  const { exitCode, message } = failureOf(error)
  log.error(message, { event: 'failed', ...errorFields(error), exitCode })
  if (error instanceof UsageError) log.error(`see ahi-dicom ${commandName} --help`, { event: 'hint' })
  log.debug(describeForDebugging(error), { event: 'debug' })
  return exitCode
}

interface Parsing {
  readonly log: Log
  readonly format: LogFormat
  readonly program: Command
  readonly args: readonly string[]
}

/** Logs an error of the command line and returns the exit code. If no command was given, the help has been shown already. */
function parserFailure(error: unknown, { log, format, program, args }: Parsing): ExitCode {
  if (!(error instanceof CommanderError)) {
    const { exitCode, message } = failureOf(error)
    log.error(message, { event: 'failed', ...errorFields(error), exitCode })
    return exitCode
  }
  const said = parserMessage(error, program, args)
  if (said === undefined) return exitCodes.ok
  if (error.code === 'commander.help' && format === 'text') return exitCodes.usage
  log.error(said.message, { event: 'failed', code: 'USAGE', exitCode: exitCodes.usage })
  log.error(said.hint, { event: 'hint' })
  return exitCodes.usage
}

/** Returns the log format in the arguments. It is needed before they are parsed, to report errors of the parser. */
function formatInArguments(args: readonly string[]): LogFormat | undefined {
  const value = args.findLast((_, index) => args[index - 1] === '--log-format' || args[index]?.startsWith(assigned))
  if (value === undefined) return undefined
  return value === 'json' || value === `${assigned}json` ? 'json' : 'text'
}

const assigned = '--log-format='
