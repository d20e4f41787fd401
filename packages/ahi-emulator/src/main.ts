import { readFileSync } from 'node:fs'
import { printable, printableJson } from '@ahi-dicom/ahi-metadata'
import { readArguments, type EmulatorArguments } from './command/arguments.ts'
import { connectionHelp } from './command/connection-help.ts'
import { helpText } from './command/help.ts'
import { importMessages, readyReport } from './command/ready-report.ts'
import { startEmulator, type Emulator } from './emulator.ts'
import type { ImportReport } from './import/import-report.ts'

const exitCode = { ok: 0, failed: 1, usage: 2 } as const

/** Runs the command `ahi-emulator`. Returns its exit code when it is interrupted, or at once if it cannot start. */
export async function main(words: readonly string[]): Promise<number> {
  const options = parse(words)
  if (typeof options === 'number') return options
  try {
    const interrupted = interruption()
    await using emulator = await startEmulator(await options.emulator())
    const report = options.import.length === 0 ? undefined : await emulator.importDicom(options.import)
    printImportMessages(report)
    process.stdout.write(options.json ? readyLine(emulator, report) : readyText(emulator, options, report))
    await interrupted
    return exitCode.ok
  } catch (error) {
    printError(`ahi-emulator: ${error instanceof Error ? error.message : String(error)}`)
    return exitCode.failed
  }
}

/** Returns the options, or the exit code if there is nothing to run. */
function parse(words: readonly string[]): EmulatorArguments | number {
  try {
    const options = readArguments(words)
    if (options.help) process.stdout.write(helpText)
    else if (options.version) process.stdout.write(`${ownVersion()}\n`)
    else return options
    return exitCode.ok
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(`ahi-emulator: ${why}\nahi-emulator: see ahi-emulator --help\n`)
    return exitCode.usage
  }
}

function printImportMessages(report: ImportReport | undefined): void {
  for (const message of report === undefined ? [] : importMessages(report)) printError(message)
}

/** Escapes control characters, because names and texts of files could otherwise drive the terminal. */
function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}

function readyLine(emulator: Emulator, report: ImportReport | undefined): string {
  return `${printableJson(JSON.stringify(readyReport(emulator, report)))}\n`
}

function readyText(emulator: Emulator, { region }: EmulatorArguments, report: ImportReport | undefined): string {
  const { endpoint, datastoreId } = emulator
  const imported = report === undefined ? '' : `  imported    ${report.imported}, rejected ${report.rejected.length}\n`
  return `AHI emulator at ${endpoint}\n  data store  ${datastoreId}\n${imported}\n${connectionHelp({ endpoint, datastoreId, region })}\nCtrl-C ends it.\n`
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
