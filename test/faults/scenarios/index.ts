import { damagedFramesScenario } from './damaged-frames.ts'
import { largeStoreScenario } from './large-store.ts'
import { comparedDamageScenario } from './compared-damage.ts'
import { sharedFilesScenario } from './shared-files.ts'
import { unchangedSyncScenario } from './unchanged-sync.ts'
import { verifiedDamageScenario } from './verified-damage.ts'
import { diskFullScenario } from './disk-full.ts'
import { expiringTokenScenario } from './expiring-token.ts'
import { networkGoneScenario } from './network-gone.ts'
import { readOnlyFolderScenario } from './read-only-folder.ts'
import { removedFolderScenario } from './removed-folder.ts'
import { steppedClockScenario } from './stepped-clock.ts'
import { killsScenario } from './kills.ts'
import { powerCutsScenario } from './power-cuts.ts'
import { quotasScenario } from './quotas.ts'
import type { Scenario } from './scenario.ts'
import { searchPagesScenario } from './search-pages.ts'
import { serviceFaultsScenario } from './service-faults.ts'
import { streamedInstancesScenario } from './streamed-instances.ts'

/** All scenarios in the order of the run. */
export const scenarios: readonly Scenario[] = [
  serviceFaultsScenario,
  quotasScenario,
  searchPagesScenario,
  streamedInstancesScenario,
  damagedFramesScenario,
  killsScenario,
  powerCutsScenario,
  diskFullScenario,
  readOnlyFolderScenario,
  removedFolderScenario,
  networkGoneScenario,
  expiringTokenScenario,
  steppedClockScenario,
  largeStoreScenario,
  unchangedSyncScenario,
  verifiedDamageScenario,
  comparedDamageScenario,
  sharedFilesScenario,
]
