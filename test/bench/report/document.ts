import type { Results } from '../measure/results.ts'
import { coresTable, frameCost } from './cores-table.ts'
import { figuresTable } from './figures-table.ts'
import { floorsTable, runsTable } from './runs-table.ts'
import { threadsTable } from './threads-table.ts'

/** The measurements and the machine they were taken on. */
export interface Report {
  readonly results: Results
  readonly rounds: number
  readonly machine: string
  /** Load averages before and after. */
  readonly load: readonly [string, string]
  /** Output of the emulator's own benchmark. */
  readonly emulator: string | undefined
  /** Titles of the runs in the table of cores. */
  readonly frameCostOf: { readonly title: string; readonly startTitle: string }
}

/** Returns the report as Markdown. */
export function reportText({ results, rounds, machine, load, emulator, frameCostOf }: Report): string {
  const cost = frameCost(results, frameCostOf)
  const sections = [
    `${machine} Median of ${rounds} rounds; each round runs every program once, one after the other. Load average before: ${load[0]}; after: ${load[1]} (1 and 5 minutes).`,
    ...results.notes,
    section('Figures', results.figures.size === 0 ? undefined : figuresTable(results)),
    section('Exports', results.runs.size === 0 ? undefined : runsTable(results)),
    section('Floors', results.floors.size === 0 ? undefined : floorsTable(results)),
    section(
      'CPU by kind of thread, ms a frame or instance',
      results.runs.size === 0 ? undefined : threadsTable(results),
    ),
    section(
      'Frames a second by cores',
      cost && `Calculated from \`${frameCostOf.title}\`, without the start of the process.\n\n${coresTable(cost)}`,
    ),
    section('The emulator', emulator && `\`\`\`\n${emulator.trim()}\n\`\`\``),
  ]
  return sections.filter((text) => text !== undefined).join('\n\n')
}

function section(heading: string, body: string | undefined): string | undefined {
  return body === undefined || body === '' ? undefined : `## ${heading}\n\n${body}`
}
