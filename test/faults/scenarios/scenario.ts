import type { Figure } from '../figures/figure.ts'

/** What a scenario gets to work with. */
export interface Stage {
  /** An empty folder of the scenario, which the runner removes. */
  readonly folder: string
  readonly isShort: boolean
  /** Kills, if the command line says how many. */
  readonly rounds: number | undefined
  /** Prints what is under way. */
  note(text: string): void
}

/** What came of a scenario. */
export type ScenarioResult =
  | {
      readonly figures: readonly Figure[]
      /** What else the document says of it, as Markdown. */
      readonly text?: string
    }
  | { readonly skipped: string }

/** One kind of trouble that an export has to get through. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string
  /** What goes wrong, for people. */
  readonly title: string
  run(stage: Stage): Promise<ScenarioResult>
}
