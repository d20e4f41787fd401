import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const formats = ['nii', 'nii.gz', 'npz'] as const

const cpu: FigureName = {
  title: '1,000 CT slices, one NIfTI over as many DICOM files: CPU',
  unit: 'times',
  aim: { atMost: 1.1 },
}
const memory: FigureName = { title: '1,000 CT slices, one NIfTI: peak memory', unit: 'MB', aim: { atMost: 300 } }

/** A volume of a series beside its DICOM files. */
export const volumesPart: Part = {
  name: 'volumes',
  async prepare(bench) {
    const { results } = bench
    const explicit = await ctRun(bench, 'explicit')
    const runs = formats.map((format) => ({
      format,
      run: { ...explicit, title: `1,000 CT slices, ${format}`, options: ['--format', format] },
    }))
    return async (round) => {
      const { cpuSeconds } = await round.export(explicit)
      for (const { format, run } of runs) {
        const usage = await round.export(run)
        if (format !== 'nii') continue
        results.addFigure(cpu, usage.cpuSeconds / cpuSeconds)
        results.addFigure(memory, usage.peakMegabytes)
      }
    }
  },
}
