import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import type { RunChange } from '../../commands/fleet/change-run.ts'
import type { GlobalOptions } from '../../options/global-options.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import { addCommand } from '../add-command.ts'

const descriptions: Readonly<Record<RunChange, string>> = {
  pause: 'Stop workers from taking more jobs of a run.',
  resume: 'Continue a paused run.',
  cancel: 'Remove the waiting jobs of a run. Submit it again to continue.',
  retry: 'Repeat the failed jobs of a run.',
  forget: 'Remove a run from Redis. Its exported files stay.',
}

/** Adds the commands that change a run, such as `fleet pause`. */
export function addRunChanges(fleet: Command, run: CommandRunner): void {
  for (const change of ['pause', 'resume', 'cancel', 'retry', 'forget'] as const) {
    const example = `Example:\n  ahi-dicom fleet ${change} 0123456789abcdef`
    addCommand(fleet, change, descriptions[change], example)
      .argument('<run>', 'id of the run')
      .action(async (runId: string, _: unknown, command: Command) => {
        await run(`fleet ${change}`, command.optsWithGlobals<GlobalOptions>(), async (context) => {
          const { changeRun } = await import('../../commands/fleet/change-run.ts')
          return await changeRun(change, runId, command.optsWithGlobals<RedisOptions>(), context)
        })
      })
  }
}
