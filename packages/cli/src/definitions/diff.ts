import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { DiffOptions } from '../commands/diff.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { wholeNumber } from '../options/option-values.ts'
import { addCommand } from './add-command.ts'

const examples = `Examples:
  ahi-dicom diff ./originals ./study
  ahi-dicom diff ./stored ./explicit --tolerance 1 --json`

/** Adds the command `diff`. */
export function addDiff(program: Command, run: CommandRunner): void {
  addCommand(program, 'diff', 'Compare the DICOM files of two folders, such as originals and an export.', examples)
    .argument('<a>', 'the first folder, such as the originals', (value) => parseFolder(value, 'the first folder'))
    .argument('<b>', 'the second folder, such as the export', (value) => parseFolder(value, 'the second folder'))
    .option('--strict', 'report changes that AHI makes at import as differences')
    .option(
      '--tolerance <n>',
      'largest allowed difference of pixel values (default: 0)',
      wholeNumber('--tolerance', { from: 0, to: 65_535 }),
    )
    .option('--show-values', 'print differing values, which may name a patient')
    .option('--show-paths', 'print full paths, which may name a patient')
    .action(async (a: string, b: string, options: DiffOptions, command: Command) => {
      await run('diff', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { diff } = await import('../commands/diff.ts')
        return await diff(a, b, options, context)
      })
    })
}
