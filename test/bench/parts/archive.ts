import { join } from 'node:path'
import { measureCommand } from '../measure/measure-command.ts'
import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const slices = 1000
/** A slice of 512 x 512 samples of 16 bits, decoded, and what a file has beside them. */
const fileByteLength = 512 * 512 * 2 + 2048

const cost: FigureName = {
  title: '1,000 CT slices, explicit, into a ZIP: CPU over the folder, beside a bare ZIP of the same bytes by zip.js',
  unit: 'times',
  aim: { atMost: 1.3 },
}
const memory: FigureName = {
  title: '1,000 CT slices, explicit, into a ZIP: peak memory',
  unit: 'MB',
  aim: { atMost: 300 },
}

/** Compares an export to a ZIP with an export to a folder. */
export const archivePart: Part = {
  name: 'archive',
  async prepare(bench) {
    const { results } = bench
    const folderRun = await ctRun(bench, 'explicit')
    const zipRun = { ...folderRun, title: `${folderRun.title}, into a ZIP`, ending: '.zip' }
    return async (round) => {
      const folder = await round.export(folderRun)
      const zip = await round.export(zipRun)
      const script = new URL('../floors/bare-zip.ts', import.meta.url)
      const parameters = [join(bench.folder, 'bare.zip'), slices, fileByteLength].map(String)
      const { workCpuSeconds } = await measureCommand(script, parameters)
      results.addFloor('bare ZIP by zip.js, stored', workCpuSeconds)
      results.addFigure(cost, (zip.cpuSeconds - folder.cpuSeconds) / workCpuSeconds)
      results.addFigure(memory, zip.peakMegabytes)
    }
  },
}
