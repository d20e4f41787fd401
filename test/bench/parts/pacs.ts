import { measureCommand } from '../measure/measure-command.ts'
import type { FigureName } from '../measure/results.ts'
import { hasStorePeer, startStorePeer } from '../server/store-peer.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const overBare: FigureName = {
  title:
    'C-STORE to storescp, 1,000 CT slices, explicit: CPU beyond that of a folder, divided by that of sending alone',
  unit: 'times',
  aim: { atMost: 1.3 },
}

const memory: FigureName = {
  title: 'C-STORE to storescp, 1,000 CT slices, explicit: most memory',
  unit: 'MB',
  aim: { atMost: 300 },
}

const bareSend = new URL('../floors/bare-send.ts', import.meta.url)

/** Compares an export to a PACS with an export to a folder and with sending the same slices alone. */
export const pacsPart: Part = {
  name: 'pacs',
  async prepare(bench) {
    const { results } = bench
    if (!hasStorePeer()) {
      results.addNote('No export to a PACS: storescp of DCMTK is not installed.')
      return () => Promise.resolve()
    }
    const port = await startStorePeer()
    const folderRun = await ctRun(bench, 'explicit')
    return async (round) => {
      const { cpuSeconds: folder } = await round.export(folderRun)
      const out = `dicom://BENCH@127.0.0.1:${port}`
      const { cpuSeconds, peakMegabytes } = await round.export({
        ...folderRun,
        title: `${folderRun.title}, to a PACS`,
        out,
      })
      const { workCpuSeconds: bare } = await measureCommand(bareSend, [String(port), String(folderRun.items)])
      results.addFloor('bare sending', bare)
      results.addFigure(overBare, (cpuSeconds - folder) / bare)
      results.addFigure(memory, peakMegabytes)
    }
  },
}
