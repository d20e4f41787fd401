import { CommanderError } from 'commander'
import type { CommandContext, CommandRunner } from './command-context.ts'
import { connectionSettings } from './connection.ts'
import { UsageError } from './errors.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'
import { describeForDebugging, failureOf } from './failure.ts'
import { requireDatastoreId, type GlobalOptions } from './options/global-options.ts'
import { watchInterrupts, type SignalSource } from './interrupt.ts'
import { createLog } from './log.ts'
import { tellOutage } from './outage-log.ts'
import { createProgram } from './program.ts'
import { createProgress, createSilentProgress, type Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** What the command needs of its process. */
export interface Host {
  readonly terminal: Terminal
  readonly env: NodeJS.ProcessEnv
  readonly signals: SignalSource
  /** Ends the process at once: at the second interrupt. */
  readonly exit: (code: ExitCode) => void
}

/** Runs one command line, such as `['export', '--all', '--out', 'x']`, and returns the exit code. Does not throw. */
export async function runCommand(args: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok
  const run: CommandRunner = async (name, global, action) => {
    exitCode = await runAction(name, global, action, host)
  }
  const printed: Promise<boolean>[] = []
  const program = createProgram({
    run,
    terminal: host.terminal,
    print: (text) => void printed.push(host.terminal.print(text)),
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    exitCode = parserFailure(error, host)
  }
  await Promise.all(printed)
  return exitCode
}

async function runAction(
  name: string,
  global: GlobalOptions,
  action: (context: CommandContext) => Promise<ExitCode>,
  host: Host,
): Promise<ExitCode> {
  const { terminal, env } = host
  const silent = createSilentProgress(terminal.message)
  let progress: Progress = silent
  const log = createLog(global.quiet === true ? 'error' : global.logLevel, (line) => progress.line(line))
  using interrupts = watchInterrupts(host.signals, {
    onFirst: () => log.info('interrupted; ending in order (interrupt again to stop at once)'),
    onSecond: () => {
      progress[Symbol.dispose]()
      log.error(`stopped at once by the second interrupt${name === 'export' ? resumable : ''}`)
      host.exit(exitCodes.interrupted)
    },
  })
  const startProgress = (): Progress => {
    if (global.progress && log.shows('info')) {
      progress = createProgress({ columns: terminal.messageColumns, write: terminal.message })
    }
    return progress
  }
  try {
    return await action({
      terminal,
      log,
      signal: interrupts.signal,
      global,
      env,
      connection: () => ({ ...connectionSettings(global, env), onOutage: (outage) => tellOutage(log, outage) }),
      datastoreId: () => requireDatastoreId(global, env),
      startProgress,
    })
  } catch (error) {
    progress[Symbol.dispose]()
    if (interrupts.signal.aborted) return exitCodes.interrupted
    return reportFailure(error, name, { log: log.error, debug: log.debug })
  }
}

const resumable =
  '; files that were being written are left unfinished; run it again with --resume: it removes them and writes the rest'

function reportFailure(
  error: unknown,
  commandName: string,
  { log, debug }: { log: (line: string) => void; debug: (line: string) => void },
): ExitCode {
  const { exitCode, message } = failureOf(error)
  log(message)
  if (error instanceof UsageError) log(`see ahi-dicom ${commandName} --help`)
  debug(describeForDebugging(error))
  return exitCode
}

/** The parser has printed its own message by now; errors of the option parsers are ours to print. */
function parserFailure(error: unknown, { terminal }: Host): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const { exitCode, message } = failureOf(error)
  terminal.message(`ahi-dicom: ${message}\n`)
  return exitCode
}
