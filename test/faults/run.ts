import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultsArguments } from './arguments.ts'
import { holds } from './figures/figure.ts'
import { figureLine } from './report/lines.ts'
import type { Scenario, ScenarioResult } from './scenarios/scenario.ts'

/** A scenario and its result. */
export interface ScenarioRun {
  readonly scenario: Scenario
  readonly result: ScenarioResult
  readonly seconds: number
}

/** Runs scenarios one after the other and prints each figure as it comes. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  { isShort, rounds }: Pick<FaultsArguments, 'isShort' | 'rounds'>,
): Promise<readonly ScenarioRun[]> {
  const runs: ScenarioRun[] = []
  for (const scenario of scenarios) {
    console.log(`\n${scenario.name}: ${scenario.title}`)
    const startedAt = performance.now()
    const folder = await mkdtemp(join(tmpdir(), `ahi-dicom-${scenario.name}-`))
    const result = await scenario.run({ folder, isShort, rounds, note }).catch(failed)
    await rm(folder, { recursive: true, force: true })
    const seconds = (performance.now() - startedAt) / 1000
    if ('skipped' in result) console.log(`  skipped: ${result.skipped}`)
    else for (const figure of result.figures) console.log(figureLine(figure))
    console.log(`  ${seconds.toFixed(0)} s`)
    runs.push({ scenario, result, seconds })
  }
  return runs
}

function note(text: string): void {
  console.log(`  ${text}`)
}

/** Returns the limits that a run missed. */
export function missed(runs: readonly ScenarioRun[]): string[] {
  return runs.flatMap(({ scenario, result }) =>
    'skipped' in result
      ? []
      : result.figures.filter(({ isMet }) => !isMet).map(({ what }) => `${scenario.name}: ${what}`),
  )
}

/** A scenario that cannot go on is a limit that was missed; the others still run. */
function failed(error: unknown): ScenarioResult {
  console.error(error)
  return { figures: [holds('ran to its end', false, error instanceof Error ? error.message : String(error))] }
}
