import { killsScenario } from './kills.ts'
import { powerCutsScenario } from './power-cuts.ts'
import { quotasScenario } from './quotas.ts'
import type { Scenario } from './scenario.ts'
import { searchPagesScenario } from './search-pages.ts'
import { serviceFaultsScenario } from './service-faults.ts'
import { streamedInstancesScenario } from './streamed-instances.ts'

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  serviceFaultsScenario,
  quotasScenario,
  searchPagesScenario,
  streamedInstancesScenario,
  killsScenario,
  powerCutsScenario,
]
