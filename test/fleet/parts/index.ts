import type { Scenario } from '../../faults/scenarios/scenario.ts'
import { adverseScenario } from './adverse.ts'
import { equalScenario } from './equal.ts'
import { fleetKillsScenario } from './kills.ts'
import { millionScenario } from './million.ts'
import { paceScenario } from './pace.ts'
import { paperScenario } from './paper.ts'

/** All parts in the order of the run. */
export const parts: readonly Scenario[] = [
  equalScenario,
  fleetKillsScenario,
  adverseScenario,
  paceScenario,
  millionScenario,
  paperScenario,
]
