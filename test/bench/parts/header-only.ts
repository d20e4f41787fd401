import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'

const cpuPerInstance: FigureName = {
  title: 'header-only, 10,000 instances: CPU an instance',
  unit: 'ms',
  aim: { atMost: 0.4 },
}

/** Documents alone, no frame. */
export const headerOnlyPart: Part = {
  name: 'header-only',
  async prepare(bench) {
    const dataSet = await bench.smallInstances()
    const run = { title: '10,000 instances, header-only', items: 10_000, dataSet, options: ['--header-only'] }
    return async (round) => {
      const { cpuSeconds } = await round.export(run)
      bench.results.addFigure(cpuPerInstance, (cpuSeconds / run.items) * 1000)
    }
  },
}
