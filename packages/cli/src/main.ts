import { exitCodes } from './exit-codes.ts'
import { failureOf } from './failure.ts'
import { runCommand } from './run-command.ts'
import { openTerminal } from './terminal.ts'

/** Runs the command line of this process and ends it. */
export async function main(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process
  const terminal = openTerminal({ stdin, stdout, stderr, env })
  process.on('uncaughtException', (error) => {
    terminal.message(`ahi-dicom: ${failureOf(error).message}\n`)
    process.exit(exitCodes.fatal)
  })
  const exitCode = await runCommand(argv.slice(2), {
    terminal,
    env,
    signals: process,
    exit: (code) => process.exit(code),
  })
  process.exit(exitCode)
}
