import { exitCodes } from './exit-codes.ts'
import { errorFields } from './error-fields.ts'
import { failureOf } from './failure.ts'
import { createLog, type Log } from './log.ts'
import { runCommand } from './run-command.ts'
import { tellExit } from './tell-exit.ts'
import { flushTelemetry } from './telemetry.ts'
import { openTerminal } from './terminal.ts'

/** Runs the command line of this process, then ends the process. */
export async function main(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process
  const terminal = openTerminal({ stdin, stdout, stderr, env })
  let log = createLog({ level: 'info', format: 'text', writeLine: (line) => terminal.message(`${line}\n`) })
  process.on('uncaughtException', (error) => {
    const exitCode = exitCodes.fatal
    log.error(failureOf(error).message, { event: 'failed', ...errorFields(error), exitCode })
    tellExit(log, exitCode)
    process.exit(exitCode)
  })
  tellWarnings(() => log)
  const exitCode = await runCommand(argv.slice(2), {
    terminal,
    env,
    signals: process,
    exit: (code) => process.exit(code),
    onLog: (started) => {
      log = started
    },
  })
  await flushTelemetry()
  process.exit(exitCode)
}

/** Sends warnings of Node.js to the log. By default Node.js writes them to standard error in its own form. */
function tellWarnings(log: () => Log): void {
  for (const listener of process.listeners('warning')) {
    if (listener.name === 'onWarning') process.off('warning', listener)
  }
  // Threads that start later read this variable.
  process.env['NODE_NO_WARNINGS'] = '1'
  process.on('warning', ({ name, message }) => {
    const level = name === 'ExperimentalWarning' ? 'debug' : 'warn'
    log()[level](`${name}: ${message}`, { event: 'node-warning' })
  })
}
