import type { Bench } from '../rounds/bench.ts'
import type { Round } from '../rounds/round.ts'

/** Figures that belong together. */
export interface Part {
  /** For `--only`. */
  readonly name: string
  /** Makes what is exported, and returns what to measure in each round. */
  prepare(bench: Bench): Promise<(round: Round) => Promise<void>>
}
