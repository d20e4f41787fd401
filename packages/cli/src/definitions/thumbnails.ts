import { Option, type Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { ThumbnailOptions } from '../commands/thumbnails.ts'
import { documentOption } from '../options/document-options.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { wholeNumber } from '../options/option-values.ts'
import { addCommand } from './add-command.ts'
import { cacheOption } from './plan-options.ts'
import { addSelectionOptions } from './selection-options.ts'
import { concurrencyOption, memoryOption, threadsOption } from './work-options.ts'

const notes = `Files are SERIES_UID/INSTANCE_UID.png below --out, and INSTANCE_UID-0001.png for a frame of several. HTJ2K frames of AHI begin
with their low resolutions: no more of them is fetched than the size takes, and other frames are fetched whole. A lower
resolution cannot be compared with AHI's checksum, which is that of the full one (documents of 2023 list several). The
pictures may show names that are burned in.

Examples:
  ahi-dicom thumbnails 1.2.840.113619.2.30.1 --out ./thumbnails
  ahi-dicom thumbnails --modality MG --size 512 --out ./mammograms
  ahi-dicom thumbnails --all --each series --size 128 --out ./overview`

/** Adds the command `thumbnails`. */
export function addThumbnails(program: Command, run: CommandRunner): void {
  const description = 'Write small PNGs, and fetch little of each frame.'
  const command = addCommand(program, 'thumbnails', description, notes)
  addSelectionOptions(command)
  command
    .option('--out <dir>', 'a folder that is new or empty', (value) => parseFolder(value, '--out'))
    .option(
      '--size <n>',
      'most pixels of the longer side (default: 256)',
      wholeNumber('--size', { from: 1, to: 65_535 }),
    )
    .addOption(
      new Option(
        '--each <level>',
        'the first frame of each instance, or the middle one of each series (default: instance)',
      ).choices(['instance', 'series']),
    )
    .addOption(concurrencyOption('thumbnails made at the same time (default: 32)'))
    .addOption(threadsOption('most threads that decode (default: one a core)'))
    .addOption(memoryOption('frames and documents'))
    .addOption(documentOption())
    .addOption(cacheOption())
    .action(async (selectors: string[], options: ThumbnailOptions, command: Command) => {
      await run('thumbnails', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { writeThumbnails } = await import('../commands/thumbnails.ts')
        return await writeThumbnails(selectors, options, context)
      })
    })
}
