import { setTimeout } from 'node:timers/promises'
import type { Fleet, RunStatus, WorkerState } from '@ahi-dicom/fleet'
import type { CommandContext } from '../../command-context.ts'
import { exitCodes, type ExitCode } from '../../exit-codes.ts'
import { openFleet } from '../../fleet/open-fleet.ts'
import { runJson } from '../../fleet/run-json.ts'
import { formatRun, formatRunLine, formatRuns, formatWorkers, isOver } from '../../fleet/status-text.ts'
import { printJsonLine } from '../../json-line.ts'
import { cutTo } from '../../table.ts'
import type { RedisOptions } from '../../options/redis-options.ts'

/** Options of `fleet status`. */
export interface StatusOptions extends RedisOptions {
  readonly watch?: true
}

/** Milliseconds between two updates of `--watch`, on a terminal and elsewhere. */
const lookMs = { terminal: 2000, lines: 10_000 }

/** Shows one run, or all runs and workers. */
export async function status(
  runId: string | undefined,
  options: StatusOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, signal } = context
  await using fleet = await openFleet(options, context)
  const isRedrawn = terminal.outputColumns !== undefined && context.global.json !== true
  let drawnLines = 0
  for (;;) {
    const look = await readFleet(fleet, runId)
    const text =
      options.watch === true
        ? watchText(look, isRedrawn ? terminal.outputColumns : undefined)
        : screenText(look, terminal.outputColumns)
    // Removes the lines of the last update.
    if (drawnLines > 0) await terminal.print(`\u{1B}[${drawnLines}A\u{1B}[J`)
    if (!(await show(look, text, context))) return exitCodes.ok
    if (isRedrawn) drawnLines = text.split('\n').length - 1
    if (options.watch !== true || look.runs.every(isOver)) break
    if (!(await waited(isRedrawn ? lookMs.terminal : lookMs.lines, signal))) break
  }
  return exitCodes.ok
}

/** The state of a fleet at one time. */
interface FleetLook {
  readonly isOneRun: boolean
  readonly runs: readonly RunStatus[]
  readonly workers: readonly WorkerState[]
  readonly at: Date
}

async function readFleet(fleet: Fleet, runId: string | undefined): Promise<FleetLook> {
  if (runId !== undefined) {
    const run = await fleet.status(runId)
    return { isOneRun: true, runs: [run], workers: run.workers, at: new Date() }
  }
  const runs: RunStatus[] = []
  for (const { id } of await fleet.runs()) runs.push(await fleet.status(id))
  return { isOneRun: false, runs, workers: await fleet.workers(), at: new Date() }
}

async function show(
  { runs, workers }: FleetLook,
  text: string,
  { terminal, global }: CommandContext,
): Promise<boolean> {
  if (global.json !== true) return await terminal.print(text)
  const lines = [
    ...runs.map(({ run, workers: own, ...counts }) => ({
      kind: 'run',
      ...runJson(run),
      ...counts,
      workers: own.map(({ name }) => name),
    })),
    ...workers.map((worker) => ({ kind: 'worker', ...worker })),
  ]
  for (const line of lines) if (!(await printJsonLine(terminal, line))) return false
  return true
}

function screenText({ isOneRun, runs, workers, at }: FleetLook, width: number | undefined): string {
  const [first] = runs
  if (isOneRun && first !== undefined) return formatRun(first, width, at)
  const shownRuns = runs.length === 0 ? 'no runs; start one with ahi-dicom fleet submit\n' : formatRuns(runs, width)
  return `${shownRuns}\n${workers.length === 0 ? 'no workers\n' : formatWorkers(workers, width, at)}`
}

/**
 * Returns the text for `--watch`: without a width, one line per run; with a width, lines that are cut to it. The next update
 * counts the lines to remove them, so none may wrap.
 */
function watchText(look: FleetLook, width: number | undefined): string {
  if (width === undefined) return lineText(look)
  const lines = screenText(look, width).split('\n')
  return lines.map((line) => cutTo(line, width)).join('\n')
}

function lineText({ runs, at }: FleetLook): string {
  return runs.map((run) => `${at.toISOString().slice(0, 19)}Z ${formatRunLine(run)}`).join('')
}

/** Waits. Returns false if it was interrupted, which ends `--watch`. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}
