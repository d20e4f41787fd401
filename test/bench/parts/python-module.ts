import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { measureAhiToDicom } from '../measure/measure-ahi-to-dicom.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const comparisons = [
  { slices: 109, atLeast: 5 },
  { slices: 1000, atLeast: 7 },
] as const

/** Whole commands beside the Python module AHItoDICOM, at the setting that suits it best. */
export const pythonModulePart: Part = {
  name: 'python-module',
  async prepare(bench) {
    const { results, server } = bench
    if (!isInstalled()) {
      results.addNote(
        'No comparison with AHItoDICOM: python3 has no module AHItoDICOMInterface (test/tools/install.sh).',
      )
      return () => Promise.resolve()
    }
    const runs = await Promise.all(
      comparisons.map(async ({ slices, atLeast }) => {
        const run = await ctRun(bench, 'explicit', { slices })
        return { atLeast, series: await bench.ctSeries(slices), run }
      }),
    )
    return async (round) => {
      for (const { atLeast, series, run } of runs) {
        const { wallSeconds } = await round.export(run)
        const out = join(bench.folder, 'python')
        const parameters = [server.endpoint, series.datastoreId, series.imageSetId, out]
        const python = await measureAhiToDicom(parameters, { files: run.items })
        await rm(out, { recursive: true })
        const title = `${run.items.toLocaleString('en')} CT slices, whole command`
        results.addFigure({ title: `${title}: AHItoDICOM's wall`, unit: 's' }, python.wallSeconds)
        results.addFigure(
          { title: `${title}: AHItoDICOM's wall over ours`, unit: 'times', aim: { atLeast } },
          python.wallSeconds / wallSeconds,
        )
      }
    }
  },
}

function isInstalled(): boolean {
  return spawnSync('python3', ['-c', 'import AHItoDICOMInterface.AHItoDICOM'], { stdio: 'ignore' }).status === 0
}
