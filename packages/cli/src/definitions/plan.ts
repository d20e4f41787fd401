import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { PlanOptions } from '../commands/plan.ts'
import { checkDestinationOptions } from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addDestinationOption } from './destination-option.ts'
import { addFileOptions } from './file-options.ts'
import { addPlanOptions, cacheOption } from './plan-options.ts'
import { addSelectionOptions } from './selection-options.ts'
import { addWorkOptions } from './work-options.ts'

const notes = `A plan reads the metadata document of every selected image set, as an export does. AHI counts this as an access and moves
image sets from the archive tier to the frequent access tier. With --cache, an export with the same --cache does not request
the documents again. They hold patient data, and only you can read the files. Remove the folder when you are done.
docs/plan.md says which numbers are exact.

Examples:
  ahi-dicom plan 1.2.840.113619.2.30.1 --out ./study                 size of a study, and whether it fits
  ahi-dicom plan --all --transfer-syntax stored --rate 200M          the whole data store, at 200 MB per second
  ahi-dicom plan --all --cache ./cache --json --image-sets           one line per image set, then the plan
  ahi-dicom export --all --cache ./cache --out ./everything          export what was planned`

/** Adds the command `plan`. */
export function addPlan(program: Command, run: CommandRunner): void {
  const description = 'Estimate the size, time and cost of an export without writing it.'
  const command = addCommand(program, 'plan', description, notes)
  addSelectionOptions(command)
  addDestinationOption(command, 'folder, bucket, archive or server')
  addFileOptions(command)
  addPlanOptions(command)
  addWorkOptions(command)
  command.addOption(cacheOption()).action(async (selectors: string[], options: PlanOptions, command: Command) => {
    await run('plan', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      if (options.out !== undefined) checkDestinationOptions(command, options.out)
      const { runPlan } = await import('../commands/plan.ts')
      return await runPlan(selectors, options, context)
    })
  })
}
