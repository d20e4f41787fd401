import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { verifyExport, type VerificationEvent, type VerificationSummary } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { inCommandWords } from '../command-words.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount } from '../quantities.ts'

type Problem = Extract<VerificationEvent, { readonly kind: 'problem' }>

/** Options of `verify`. */
export interface VerifyOptions {
  readonly showPaths?: true
}

/**
 * Checks an export against its record. With `--json`, each problem is a line and the summary the last one. For people,
 * paths name no patient unless `showPaths` is set.
 */
export async function verify(
  directory: string,
  { showPaths }: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  let exitCode: ExitCode = exitCodes.ok
  for await (const event of verifyExport(folderDestination({ directory }), { signal })) {
    if (event.kind === 'verified') continue
    if (event.kind === 'problem') {
      exitCode = exitCodes.someFailed
      if (global.json === true) await printJsonLine(terminal, event)
      else await terminal.print(`${printable(problemText(event, showPaths))}\n`)
    } else if (global.json === true) await printJsonLine(terminal, event)
    else if (global.quiet !== true) await terminal.print(summaryText(event))
  }
  return exitCode
}

function problemText({ problem, path, shownPath, message }: Problem, showPaths: true | undefined): string {
  return `${problem}: ${showPaths === true ? path : shownPath}: ${inCommandWords(message)}`
}

function summaryText(summary: VerificationSummary): string {
  const { files, verified, byteLength, problems, isComplete, unverified, unchecked } = summary
  const facts = [`${verified} of ${formatCount(files, 'file')} verified, ${formatBytes(byteLength)}`]
  // The last run may have been complete, and files be gone since.
  if (problems === 0) facts.push('the export is complete')
  else if (!isComplete) facts.push('the export is not known to be complete')
  if (unverified > 0)
    facts.push(`frames of ${formatCount(unverified, 'file')} could not be compared with AHI's checksums`)
  if (unchecked > 0) facts.push(`frames of ${formatCount(unchecked, 'file')} were not compared with AHI's checksums`)
  facts.push(problems === 0 ? 'all good' : formatCount(problems, 'problem'))
  return `${facts.join('; ')}\n`
}
