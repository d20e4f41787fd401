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

const notes = `Files are SERIES_UID/INSTANCE_UID.png below --out, or INSTANCE_UID-0001.png for multi-frame instances. AHI's HTJ2K frames start
with their low resolutions, so only the bytes for --size are fetched. Other frames are fetched completely. AHI's checksum is
that of the full resolution, so lower resolutions cannot be verified (documents of 2023 list several checksums). Pictures may
show burned-in patient data.

Examples:
  ahi-dicom thumbnails 1.2.840.113619.2.30.1 --out ./thumbnails
  ahi-dicom thumbnails --modality MG --size 512 --out ./mammograms
  ahi-dicom thumbnails --all --each series --size 128 --out ./overview`

/** Adds the command `thumbnails`. */
export function addThumbnails(program: Command, run: CommandRunner): void {
  const description = 'Write small PNGs, fetching only a part of each frame.'
  const command = addCommand(program, 'thumbnails', description, notes)
  addSelectionOptions(command)
  command
    .option('--out <dir>', 'new or empty folder for the thumbnails', (value) => parseFolder(value, '--out'))
    .option('--size <n>', 'longest edge in pixels (default: 256)', wholeNumber('--size', { from: 1, to: 65_535 }))
    .addOption(
      new Option(
        '--each <level>',
        'first frame of each instance, or middle frame of each series (default: instance)',
      ).choices(['instance', 'series']),
    )
    .addOption(concurrencyOption('thumbnails made in parallel (default: 32)'))
    .addOption(threadsOption('maximum decoding threads (default: one per core)'))
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
