import { clientFloors } from '../floors/measure-ct-floors.ts'
import type { ThreadUsage } from '../measure/usage-reports.ts'
import type { FigureName, ResultCollector } from '../measure/results.ts'
import type { Part } from './part.ts'
import { ctRun, oneInstanceRun } from './runs.ts'

const mainThread: FigureName = {
  title: 'main thread per frame, 1,000 CT slices, explicit: CPU',
  unit: 'ms',
  aim: { atMost: 0.5 },
}
const mainThreadBeyondStart: FigureName = {
  title: 'the same beyond the start (what one slice takes is subtracted)',
  unit: 'ms',
}
const kinds = [
  { kind: 'explicit', atMost: 1.2 },
  { kind: 'stored', atMost: 1.2 },
  { kind: 'unverified', atMost: 1.5 },
] as const

/** CPU of the main thread, and of the whole process beside its floor. */
export const ctPart: Part = {
  name: 'ct',
  async prepare(bench) {
    const { results } = bench
    const series = await bench.ctSeries(1000)
    const oneInstance = await oneInstanceRun(bench)
    const runs = await Promise.all(kinds.map(async (kind) => ({ ...kind, run: await ctRun(bench, kind.kind) })))
    return async (round) => {
      const floors = await round.floors(series)
      const start = await round.export(oneInstance)
      for (const { kind, atMost, run } of runs) {
        const { cpuSeconds, threads } = await round.export(run)
        if (kind === 'explicit') addMainThread(results, { threads, startThreads: start.threads, frames: run.items })
        const floor = clientFloors(floors)[kind]
        results.addFigure(
          { title: `${run.title}: CPU over the floor's`, unit: 'times', aim: { atMost } },
          cpuSeconds / (floor + floors.fetchServer),
        )
        results.addFigure(
          { title: `${run.title}: CPU over the floor's without the server`, unit: 'times' },
          cpuSeconds / floor,
        )
      }
    }
  },
}

function addMainThread(
  results: ResultCollector,
  {
    threads,
    startThreads,
    frames,
  }: {
    readonly threads: ThreadUsage | undefined
    readonly startThreads: ThreadUsage | undefined
    readonly frames: number
  },
): void {
  if (threads === undefined || startThreads === undefined) {
    results.addNote('No CPU by kind of thread: it is read from /proc/self/task, which this machine lacks.')
    return
  }
  results.addFigure(mainThread, (threads.main / frames) * 1000)
  results.addFigure(mainThreadBeyondStart, ((threads.main - startThreads.main) / (frames - 1)) * 1000)
}
