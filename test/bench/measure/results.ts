import type { Usage } from './measure-command.ts'

/** An export command that the bench measures. */
export interface RunName {
  /** For example `1,000 CT slices, explicit`. */
  readonly title: string
  /** Frames that it exports, or instances if it reads no frames. */
  readonly items: number
  /** Lanes that it may use. */
  readonly lanes: number
}

/** A figure and its target. */
export interface FigureName {
  readonly title: string
  readonly unit: 'ms' | 's' | 'MB' | 'times'
  readonly aim?: { readonly atMost: number } | { readonly atLeast: number }
}

/** Everything measured, with one value a round. */
export interface Results {
  readonly figures: ReadonlyMap<string, { readonly name: FigureName; readonly values: readonly number[] }>
  readonly runs: ReadonlyMap<string, { readonly name: RunName; readonly usages: readonly Usage[] }>
  /** CPU seconds of the bare programs. */
  readonly floors: ReadonlyMap<string, readonly number[]>
  /** Why something is missing. */
  readonly notes: ReadonlySet<string>
}

/** Collects results while the rounds go on. */
export interface ResultCollector extends Results {
  addFigure(name: FigureName, value: number): void
  addRun(name: RunName, usage: Usage): void
  addFloor(title: string, cpuSeconds: number): void
  addNote(note: string): void
}

export function createResultCollector(): ResultCollector {
  const figures = new Map<string, { name: FigureName; values: number[] }>()
  const runs = new Map<string, { name: RunName; usages: Usage[] }>()
  const floors = new Map<string, number[]>()
  const notes = new Set<string>()
  return {
    figures,
    runs,
    floors,
    notes,
    addFigure(name, value) {
      const { values } = figures.get(name.title) ?? { values: [] }
      figures.set(name.title, { name, values: [...values, value] })
    },
    addRun(name, usage) {
      const { usages } = runs.get(name.title) ?? { usages: [] }
      runs.set(name.title, { name, usages: [...usages, usage] })
    },
    addFloor(title, cpuSeconds) {
      floors.set(title, [...(floors.get(title) ?? []), cpuSeconds])
    },
    addNote: (note) => void notes.add(note),
  }
}

/** Returns the middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return (lower + upper) / 2
}
