import type { Exporter, ExportPlan, PlanOptions } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount } from '../quantities.ts'
import { formatTable, type TableColumn } from '../table.ts'

/** Says what an export would do: a table, or with `--json` the `ExportPlan`. */
export async function printPlan(exporter: Exporter, options: PlanOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  const plan = await exporter.plan({ ...options, signal })
  for (const { message } of plan.failures) log.error(message)
  if (global.json === true) await printJsonLine(terminal, plan)
  else if (plan.instances > 0) await terminal.print(formatPlan(plan, terminal.outputColumns))
  if (isEmpty(plan)) log.info('nothing matches the selection')
  return planExitCode(plan)
}

/** Whether the selection is known to name nothing. */
function isEmpty({ failures, instances }: ExportPlan): boolean {
  return instances === 0 && failures.every(({ code }) => code === 'NOTHING_SELECTED')
}

function planExitCode(plan: ExportPlan): ExitCode {
  const { failures } = plan
  if (isEmpty(plan)) return exitCodes.nothingSelected
  if (failures.length === 0) return exitCodes.ok
  return failures.every(({ retryable }) => retryable) ? exitCodes.retryable : exitCodes.someFailed
}

function formatPlan(
  { imageSets, instances, frames, decodedBytes, duplicates }: ExportPlan,
  width: number | undefined,
): string {
  const rows = imageSets.map((imageSet) => [
    imageSet.imageSetId,
    imageSet.versionId,
    String(imageSet.instances),
    String(imageSet.frames),
    formatBytes(imageSet.decodedBytes),
    imageSet.seriesInstanceUids.join(' '),
  ])
  const sums = `${formatCount(instances, 'instance')}, ${formatCount(frames, 'frame')}, ${formatBytes(decodedBytes)} once decoded`
  const left = duplicates === 0 ? '' : `; ${formatCount(duplicates, 'instance')} left out: in another image set too`
  return `${formatTable(columns, rows, { width })}\n${sums}${left}; nothing was written\n`
}

const columns: readonly TableColumn[] = [
  { title: 'ImageSetId' },
  { title: 'Version', align: 'right' },
  { title: 'Instances', align: 'right' },
  { title: 'Frames', align: 'right' },
  { title: 'Decoded', align: 'right' },
  { title: 'SeriesInstanceUID' },
]
