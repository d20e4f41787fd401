import { measureCommand } from '../measure/measure-command.ts'
import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const overBare: FigureName = {
  title:
    'STOW-RS to the emulator, 1,000 CT slices, explicit: CPU beyond that of a folder, divided by that of a bare upload',
  unit: 'times',
  aim: { atMost: 1.3 },
}

/** Bytes of an exported slice: 512 x 512 x 16 bit and its header. */
const fileByteLength = 512 * 512 * 2 + 2048

const bareUpload = new URL('../floors/bare-store.ts', import.meta.url)

/** Compares an export to a DICOMweb server with an export to a folder and with a bare upload of the same size. */
export const dicomwebPart: Part = {
  name: 'dicomweb',
  async prepare(bench) {
    const { server, results } = bench
    const folderRun = await ctRun(bench, 'explicit')
    return async (round) => {
      const url = await server.addEmpty()
      const { cpuSeconds: folder } = await round.export(folderRun)
      const run = { ...folderRun, title: `${folderRun.title}, to a DICOMweb server`, out: url }
      const { cpuSeconds } = await round.export(run)
      const parameters = [`${await server.addEmpty()}/studies`, String(run.items), String(fileByteLength)]
      const { workCpuSeconds: bare } = await measureCommand(bareUpload, parameters)
      results.addFloor('bare upload', bare)
      results.addFigure(overBare, (cpuSeconds - folder) / bare)
    }
  },
}
