import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { CommandContext } from '../command-context.ts'
import { inCommandWords, limitsInCommandWords } from '../command-words.ts'
import type { NamedDestination } from '../destinations/destination-kinds.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'

/** Checks that a destination can be written, and prints its limits. */
export async function ping(
  named: NamedDestination,
  options: DestinationOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  const { destination } = await named.open(options, context)
  const remarks = ((await destination.check?.({ signal })) ?? []).map(inCommandWords)
  const { name } = destination
  const cannot = limitsInCommandWords(destination.cannot)
  if (global.json === true) await printJsonLine(terminal, { destination: name, remarks, cannot })
  else if (global.quiet !== true) {
    const lines = [`${name} can be written`, ...remarks]
    await terminal.print(lines.map((line) => `${printable(line)}\n`).join(''))
  }
  return exitCodes.ok
}
