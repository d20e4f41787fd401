import { clientFloors } from '../floors/measure-ct-floors.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const latencyMs = 80
/** Frames that the command requests at the same time unless told otherwise. */
const frameConcurrency = 64
/** Requests that come one after the other before the first frame: a search and a document. */
const requestsBeforeFrames = 2

const kinds = ['explicit', 'unverified'] as const

/** Every answer comes 80 ms later. */
export const latencyPart: Part = {
  name: 'latency',
  async prepare(bench) {
    const { server, results, cores } = bench
    const series = await bench.ctSeries(1000)
    const runs = await Promise.all(
      kinds.map(async (kind) => {
        const run = await ctRun(bench, kind)
        return { kind, run: { ...run, title: `${latencyMs} ms latency, ${run.title}` } }
      }),
    )
    return async (round) => {
      const floors = await round.floors(series)
      await server.setLatency(latencyMs)
      for (const { kind, run } of runs) {
        const { wallSeconds } = await round.export(run)
        const turns = requestsBeforeFrames + Math.ceil(run.items / frameConcurrency)
        const latencyBound = (turns * latencyMs) / 1000
        const workBound = (clientFloors(floors)[kind] + floors.fetchServer) / cores
        results.addFigure(
          {
            title: `${run.title}: wall over the larger of the latency's and the work's floor`,
            unit: 'times',
            aim: { atMost: 1.2 },
          },
          wallSeconds / Math.max(latencyBound, workBound),
        )
      }
      await server.setLatency(0)
    }
  },
}
