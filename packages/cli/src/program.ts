import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { CommandRunner } from './command-context.ts'
import { addCompletion } from './definitions/completion.ts'
import { addDatastores } from './definitions/datastores.ts'
import { addDemo } from './definitions/demo.ts'
import { addDiff } from './definitions/diff.ts'
import { addEmulate } from './definitions/emulate.ts'
import { addExport } from './definitions/export.ts'
import { addFleet } from './definitions/fleet/fleet.ts'
import { addHelp } from './definitions/help.ts'
import { addMetadata } from './definitions/metadata.ts'
import { addPing } from './definitions/ping.ts'
import { addPlan } from './definitions/plan.ts'
import { addReport } from './definitions/report.ts'
import { addSearch } from './definitions/search.ts'
import { addSeries } from './definitions/series.ts'
import { addSync } from './definitions/sync.ts'
import { addTable } from './definitions/table.ts'
import { addThumbnails } from './definitions/thumbnails.ts'
import { addVerify } from './definitions/verify.ts'
import * as help from './help-text.ts'
import { addTextAfter, afterOptions, helpConfiguration, isShortHelp, type HelpLength } from './help/help-length.ts'
import { addGlobalOptions } from './options/global-options.ts'
import type { Terminal } from './terminal.ts'

/** Options of {@link createProgram}. */
export interface ProgramOptions {
  readonly run: CommandRunner
  readonly terminal: Terminal
  /** Writes help and version. */
  readonly print: (text: string) => void
  /** Writes the help that is shown if no command is given. Other usage errors are thrown. */
  readonly printUsage: (text: string) => void
  readonly helpLength: HelpLength
  /** Called before a command runs, once the command line is parsed. */
  readonly configure: (program: Command, command: Command) => void
}

/**
 * Returns the commands and options of `ahi-dicom`. The code of a command is loaded when it runs, so that help and usage
 * errors appear at once.
 */
export function createProgram({ run, terminal, print, printUsage, helpLength, configure }: ProgramOptions): Command {
  const program = new Command('ahi-dicom')
    .description('Exports DICOM files and pictures from AWS HealthImaging (AHI).')
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: printUsage,
      getOutHelpWidth: () => terminal.outputColumns ?? 100,
      getErrHelpWidth: () => terminal.messageColumns() ?? 100,
      outputError() {},
    })
    .configureHelp(helpConfiguration(helpLength))
    .helpCommand(false)
    .hook('preAction', configure)
  const short = afterOptions(program, help.program)
  addTextAfter(program, isShortHelp(program) ? short : `\n${help.program}\n\n${help.environment}`)
  addGlobalOptions(program)
  addDatastores(program, run)
  addSearch(program, run)
  addSeries(program, run)
  addMetadata(program, run)
  addTable(program, run)
  addThumbnails(program, run)
  addPlan(program, run)
  addExport(program, run)
  addSync(program, run)
  addFleet(program, run)
  addVerify(program, run)
  addReport(program, run)
  addPing(program, run)
  addDiff(program, run)
  addEmulate(program, run)
  addDemo(program, run)
  addCompletion(program)
  addHelp(program)
  return program
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}
