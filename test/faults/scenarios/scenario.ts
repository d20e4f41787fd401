import type { Figure } from '../figures/figure.ts'

/** Tools of a scenario. */
export interface Stage {
  /** An empty folder of the scenario, which the runner removes. */
  readonly folder: string
  readonly isShort: boolean
  /** Kills, if the command line says how many. */
  readonly rounds: number | undefined
  /** Prints the progress. */
  note(text: string): void
}

/** Result of a scenario. */
export type ScenarioResult =
  | {
      readonly figures: readonly Figure[]
      /** More text for the document, as Markdown. */
      readonly text?: string
    }
  | { readonly skipped: string }

/** One kind of trouble that an export has to get through. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string
  /** Description of the fault for readers. */
  readonly title: string
  run(stage: Stage): Promise<ScenarioResult>
}
