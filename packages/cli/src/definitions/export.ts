import { type Command, Option } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { ExportOptions } from '../commands/export.ts'
import { documentOption } from '../options/document-options.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { parseVersionId } from '../options/identifiers.ts'
import { parseFormats, parseFrames, parseWindow, wholeNumber } from '../options/option-values.ts'
import { defaultLayout } from './default-layout.ts'
import { addCommand } from './add-command.ts'

const examples = `Beside the data, --out gets manifest.ndjson (a line for each file), errors.ndjson (a line for each failure),
warnings.ndjson (what to know of written instances), summary.json and flushed.json (how much of the manifest survives a
power cut). --resume also writes files again that other options have made. A keyword in braces in --layout stands for the
value of that attribute.

Examples:
  ahi-dicom export 1.2.840.113619.2.30.1 --out ./study                    a study
  ahi-dicom export STUDY_UID/SERIES_UID --out ./series --format dcm,png   a series, with pictures
  ahi-dicom export STUDY_UID --out ./first --format png --frame 1         a picture of each instance
  ahi-dicom export --all --out ./everything --transfer-syntax stored      all, as AHI stores it
  ahi-dicom export --all --out ./everything --resume                      what is still missing
  ahi-dicom search --json | jq -r .imageSetId | ahi-dicom export - --out ./found`

/** Adds the command `export`. */
export function addExport(program: Command, run: CommandRunner): void {
  addCommand(program, 'export', 'Export image sets, studies, series or instances to DICOM and PNG files.', examples)
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
    .option('--layout <template>', `path of each file (default: ${defaultLayout})`)
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
        const { runExport } = await import('../commands/export.ts')
        return await runExport(selectors, options, context)
      })
    })
}
