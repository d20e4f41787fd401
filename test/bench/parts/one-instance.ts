import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'
import { oneInstanceRun } from './runs.ts'

const cpu: FigureName = { title: 'one instance, whole command: CPU', unit: 's', aim: { atMost: 0.45 } }
const wall: FigureName = { title: 'one instance, whole command: wall', unit: 's' }

/** Measures the start and the end of the command. */
export const oneInstancePart: Part = {
  name: 'one-instance',
  async prepare(bench) {
    const run = await oneInstanceRun(bench)
    return async (round) => {
      const { cpuSeconds, wallSeconds } = await round.export(run)
      bench.results.addFigure(cpu, cpuSeconds)
      bench.results.addFigure(wall, wallSeconds)
    }
  },
}
