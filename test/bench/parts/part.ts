import type { Bench } from '../rounds/bench.ts'
import type { Round } from '../rounds/round.ts'

/** Figures that belong together. */
export interface Part {
  /** For `--only`. */
  readonly name: string
  /** Creates the instances to export and returns the measurements of each round. */
  prepare(bench: Bench): Promise<(round: Round) => Promise<void>>
}
