import { verifyExport } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount } from '../quantities.ts'
import { printable } from '../table.ts'

/** Checks an export against its manifest. With `--json`, each problem is a line and the summary the last one. */
export async function verify(directory: string, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, signal } = context
  let exitCode: ExitCode = exitCodes.ok
  for await (const event of verifyExport(folderDestination({ directory }), { signal })) {
    if (event.kind === 'verified') continue
    if (event.kind === 'problem') {
      exitCode = exitCodes.someFailed
      if (global.json === true) await printJsonLine(terminal, event)
      else await terminal.print(`${event.problem}: ${printable(event.path)}: ${event.message}\n`)
    } else if (global.json === true) await printJsonLine(terminal, event)
    else if (global.quiet !== true) {
      const outcome = event.problems === 0 ? 'all good' : formatCount(event.problems, 'problem')
      const counts = `${event.verified} of ${formatCount(event.files, 'file')} verified, ${formatBytes(event.byteLength)}`
      await terminal.print(`${counts}; ${outcome}\n`)
    }
  }
  return exitCode
}
