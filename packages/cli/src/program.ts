import { readFileSync } from 'node:fs'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import type { DemoOptions } from './commands/demo.ts'
import type { EmulateOptions } from './commands/emulate.ts'
import type { ExportOptions } from './commands/export.ts'
import type { MetadataOptions } from './commands/metadata.ts'
import type { SearchOptions } from './commands/search.ts'
import type { SeriesOptions } from './commands/series.ts'
import type { VerifyOptions } from './commands/verify.ts'
import { documentOption } from './document-options.ts'
import { exitCodesHelp, type ExitCode } from './exit-codes.ts'
import { parseFolder } from './folder-path.ts'
import { addGlobalOptions, type GlobalOptions } from './global-options.ts'
import * as help from './help-text.ts'
import { parseImageSetId, parseUid, parseVersionId } from './identifiers.ts'
import { parseDateRange, parseFormats, parseFrames, parseTime, parseWindow, wholeNumber } from './option-values.ts'
import type { Terminal } from './terminal.ts'

/** Runs a command with what it works with. */
export type CommandRunner = (
  name: string,
  global: GlobalOptions,
  action: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>

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

function addCommand(program: Command, usage: string, description: string, examples: string): Command {
  const command = program.command(usage).description(description)
  return command
    .showHelpAfterError(`ahi-dicom: see ahi-dicom ${command.name()} --help`)
    .addHelpText('after', `\n${examples}\n\n${exitCodesHelp}`)
}

function addDatastores(program: Command, run: CommandRunner): void {
  addCommand(program, 'datastores', 'List the data stores.', help.datastores).action(
    async (_: unknown, command: Command) => {
      await run('datastores', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { listDatastores } = await import('./commands/datastores.ts')
        return await listDatastores(context)
      })
    },
  )
}

function addSearch(program: Command, run: CommandRunner): void {
  addCommand(program, 'search', 'List the image sets of a data store, all of them or those that match.', help.search)
    .option('--patient-id <id>', 'PatientID, exactly')
    .option('--study <uid>', 'StudyInstanceUID', (value) => parseUid(value, 'StudyInstanceUID'))
    .option('--series <uid>', 'SeriesInstanceUID', (value) => parseUid(value, 'SeriesInstanceUID'))
    .option('--accession <number>', 'AccessionNumber, exactly')
    .option('--study-date <from-to>', 'StudyDate, such as 20240101-20241231 or 20240101-', parseDateRange)
    .option('--updated-since <time>', 'changed since then, such as 2024-05-01', parseTime)
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .option('--show-patient', 'also the patient, accession number, study ID and description')
    .action(async (options: SearchOptions, command: Command) => {
      await run('search', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { search } = await import('./commands/search.ts')
        return await search(options, context)
      })
    })
}

function addSeries(program: Command, run: CommandRunner): void {
  addCommand(program, 'series', 'List the series of a study with their image sets.', help.series)
    .requiredOption('--study <uid>', 'StudyInstanceUID', (value) => parseUid(value, 'StudyInstanceUID'))
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .addOption(documentOption())
    .action(async (options: SeriesOptions, command: Command) => {
      await run('series', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { listSeries } = await import('./commands/series.ts')
        return await listSeries(options, context)
      })
    })
}

function addMetadata(program: Command, run: CommandRunner): void {
  addCommand(program, 'metadata', 'Print the metadata document of an image set as JSON.', help.metadata)
    .argument('<image-set>', 'image set id', parseImageSetId)
    .option('--version-id <number>', 'an earlier version (default: the latest)', parseVersionId)
    .addOption(documentOption())
    .action(async (imageSetId: string, options: MetadataOptions, command: Command) => {
      await run('metadata', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { printMetadata } = await import('./commands/metadata.ts')
        return await printMetadata(imageSetId, options, context)
      })
    })
}

function addExport(program: Command, run: CommandRunner): void {
  addCommand(
    program,
    'export',
    'Export image sets, studies, series or instances to DICOM and PNG files.',
    help.exporting,
  )
    .argument('[selector...]', 'image set id, or study[/series[/instance]] by UID; - reads them from standard input')
    .option('--all', 'the whole data store')
    .option('--out <dir>', 'the folder to write to; needed unless --dry-run', (value) => parseFolder(value, '--out'))
    .option('--format <list>', 'dcm, png or dcm,png (default: dcm)', parseFormats)
    .addOption(
      new Option(
        '--transfer-syntax <kind>',
        'explicit: decoded, readable everywhere; stored: frames as AHI stores them',
      )
        .choices(['explicit', 'stored'])
        .default('explicit'),
    )
    .addOption(
      new Option(
        '--source <kind>',
        'frames: metadata and frames; instance: whole instances as AHI makes them, at a lower rate',
      )
        .choices(['frames', 'instance'])
        .default('frames'),
    )
    .option('--layout <template>', `path of each file (default: ${help.defaultLayout})`)
    .option('--header-only', 'DICOM files without pixel data')
    .option('--no-verify', 'with --transfer-syntax stored: do not decode frames to check them')
    .addOption(
      new Option('--png-bits <bits>', 'PNG: 8 for display, 16 for stored values (default: 8)').choices(['8', '16']),
    )
    .option('--frame <list>', 'PNG: frame numbers, such as 3 or 1,5-8; the first is 1 (default: all)', parseFrames)
    .option('--window <c,w>', "PNG: centre and width (default: the image's own)", parseWindow)
    .addOption(
      new Option('--window-index <n>', "PNG: which of the image's own windows; the first is 1")
        .argParser(wholeNumber('--window-index', { from: 1, to: 1000 }))
        .conflicts('window'),
    )
    .option('--overlays', 'PNG: draw the overlays of the image')
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .option('--version-id <number>', 'an earlier version of the one image set selected', parseVersionId)
    .option(
      '--concurrency <n>',
      'frames fetched at the same time (default: 64)',
      wholeNumber('--concurrency', { from: 1, to: 1000 }),
    )
    .option(
      '--threads <n>',
      'most threads that fetch, decode and write (default: one a core)',
      wholeNumber('--threads', { from: 1, to: 256 }),
    )
    .addOption(documentOption())
    .addOption(
      new Option('--resume', 'go on with an export that was interrupted or had failures').conflicts('overwrite'),
    )
    .option('--overwrite', 'write an export again, replacing its files and removing others')
    .option('--dry-run', 'say what would be exported, write nothing')
    .action(async (selectors: string[], options: ExportOptions, command: Command) => {
      await run('export', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { runExport } = await import('./commands/export.ts')
        return await runExport(selectors, options, context)
      })
    })
}

function addVerify(program: Command, run: CommandRunner): void {
  addCommand(program, 'verify', 'Check that an export is complete and as it was written.', help.verify)
    .argument('<dir>', 'the folder of the export', (value) => parseFolder(value, 'the folder'))
    .option('--show-paths', 'print paths in full, also parts that may name a patient')
    .action(async (directory: string, options: VerifyOptions, command: Command) => {
      await run('verify', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { verify } = await import('./commands/verify.ts')
        return await verify(directory, options, context)
      })
    })
}

function addEmulate(program: Command, run: CommandRunner): void {
  addCommand(program, 'emulate', 'Run a local AHI until interrupted.', help.emulate)
    .option('--data <dir>', 'the folder that keeps the data (default: a temporary one)', (value) =>
      parseFolder(value, '--data'),
    )
    .option('--import <path...>', 'DICOM files or folders to import')
    .option('--port <n>', 'the port (default: a free one)', wholeNumber('--port', { from: 0, to: 65_535 }))
    .option('--host <address>', 'the address to listen at (default: 127.0.0.1, this machine alone)')
    .option('--s3-endpoint <url>', 'an S3 in which import jobs find s3:// folders (default: file:// folders alone)')
    .option('--access-key <id:secret...>', 'keys that requests have to be signed with (default: any)')
    .option('--bearer-token <token...>', 'tokens that DICOMweb takes')
    .option('--quotas', 'answer 429 beyond the rates that AHI documents')
    .option('--faults <file>', 'inject faults by the JSON rules in this file (see the README of ahi-emulator)')
    .action(async (options: EmulateOptions, command: Command) => {
      await run('emulate', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { emulate } = await import('./commands/emulate.ts')
        return await emulate(options, context)
      })
    })
}

function addDemo(program: Command, run: CommandRunner): void {
  addCommand(
    program,
    'demo',
    'Run the whole way once: emulator, generated study, import, search, export, verify.',
    help.demo,
  )
    .option('--out <dir>', 'the folder to export to (default: a temporary one)', (value) => parseFolder(value, '--out'))
    .action(async (options: DemoOptions, command: Command) => {
      await run('demo', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { demo } = await import('./commands/demo.ts')
        return await demo(options, context)
      })
    })
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
