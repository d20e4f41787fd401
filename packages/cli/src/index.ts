/** The `ahi-dicom` command as a function, for programs that embed it. */
export { exitCodes } from './exit-codes.ts'
export { runCommand } from './run-command.ts'
export { openTerminal } from './terminal.ts'
export type { ExitCode } from './exit-codes.ts'
export type { SignalSource } from './interrupt.ts'
export type { Host } from './run-command.ts'
export type { OutputStream, Terminal } from './terminal.ts'
