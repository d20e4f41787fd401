import { median, type Results } from '../measure/results.ts'
import { markdownTable, number } from './table.ts'

const coreCounts = [1, 2, 4, 8, 16] as const

/** Milliseconds of CPU a frame, without the start of the process. */
export interface FrameCost {
  readonly main: number
  /** All threads together. */
  readonly total: number
}

/**
 * Frames a second by number of cores. Two bounds count: the main thread is one thread whatever the cores, and all threads
 * together share the cores.
 */
export function coresTable({ main, total }: FrameCost): string {
  return markdownTable(
    ['cores', 'bound by the main thread', 'bound by all cores', 'frames a second'],
    coreCounts.map((cores) => {
      const [mainBound, coresBound] = [1000 / main, (cores * 1000) / total]
      return [String(cores), number(mainBound), number(coresBound), number(Math.min(mainBound, coresBound))]
    }),
  )
}

/** Returns what a frame costs beyond what the export of one instance costs, or undefined if either was not measured. */
export function frameCost(
  { runs }: Results,
  { title, startTitle }: { readonly title: string; readonly startTitle: string },
): FrameCost | undefined {
  const [run, start] = [runs.get(title), runs.get(startTitle)]
  if (run === undefined || start === undefined) return undefined
  const seconds = (from: typeof run): FrameCost => ({
    main: median(from.usages.flatMap(({ threads }) => threads?.main ?? [])),
    total: median(from.usages.map(({ cpuSeconds }) => cpuSeconds)),
  })
  const [whole, first] = [seconds(run), seconds(start)]
  const frames = run.name.items - 1
  return { main: ((whole.main - first.main) / frames) * 1000, total: ((whole.total - first.total) / frames) * 1000 }
}
