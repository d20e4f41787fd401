import type { Part } from './part.ts'
import { ctRun, oneInstanceRun } from './runs.ts'

const laneCounts = [1, 2, 4] as const

/** The same export with more and more lanes. */
export const lanesPart: Part = {
  name: 'lanes',
  async prepare(bench) {
    const runs = [await oneInstanceRun(bench), await ctRun(bench, 'explicit')]
    for (const lanes of laneCounts) runs.push(await ctRun(bench, 'explicit', { lanes }))
    return async (round) => {
      for (const run of runs) await round.export(run)
    }
  },
}
