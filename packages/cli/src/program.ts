import { readFileSync } from 'node:fs'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { Command } from 'commander'
import type { CommandRunner } from './command-context.ts'
import { addDatastores } from './definitions/datastores.ts'
import { addDemo } from './definitions/demo.ts'
import { addEmulate } from './definitions/emulate.ts'
import { addExport } from './definitions/export.ts'
import { addMetadata } from './definitions/metadata.ts'
import { addSearch } from './definitions/search.ts'
import { addSeries } from './definitions/series.ts'
import { addVerify } from './definitions/verify.ts'
import { exitCodesHelp } from './exit-codes.ts'
import * as help from './help-text.ts'
import { addGlobalOptions } from './options/global-options.ts'
import type { Terminal } from './terminal.ts'

/** Options of {@link createProgram}. */
export interface ProgramOptions {
  readonly run: CommandRunner
  readonly terminal: Terminal
  /** Writes help and version. */
  readonly print: (text: string) => void
}

/**
 * Returns the commands and options of `ahi-dicom`. What a command does is loaded when it runs, so that help and usage
 * errors come at once.
 */
export function createProgram({ run, terminal, print }: ProgramOptions): Command {
  const program = new Command('ahi-dicom')
    .description('DICOM files and PNGs from AWS HealthImaging (AHI).')
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: terminal.message,
      getOutHelpWidth: () => terminal.outputColumns ?? 100,
      getErrHelpWidth: () => terminal.messageColumns() ?? 100,
      outputError: (text, write) => write(withoutControls(text).replace(/^error: /, 'ahi-dicom: ')),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('ahi-dicom: see ahi-dicom --help')
    .addHelpText('after', `\n${help.program}\n\n${help.environment}\n\n${exitCodesHelp}`)
  addGlobalOptions(program)
  addDatastores(program, run)
  addSearch(program, run)
  addSeries(program, run)
  addMetadata(program, run)
  addExport(program, run)
  addVerify(program, run)
  addEmulate(program, run)
  addDemo(program, run)
  return program
}

/** A message of the parser quotes arguments, and may have several lines. */
function withoutControls(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line))
    .join('\n')
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}
