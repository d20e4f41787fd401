import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, CtSeries } from './bench.ts'
import { measureCtFloors, type CtFloors } from '../floors/measure-ct-floors.ts'
import { measureCommand, type Usage } from '../measure/measure-command.ts'
import type { RunName } from '../measure/results.ts'
import type { DataSet } from '../server/server-process.ts'

/** An `ahi-dicom export` of a whole data set. */
export interface ExportRun extends Pick<RunName, 'title' | 'items'> {
  readonly dataSet: DataSet
  readonly options?: readonly string[]
  /** Where to. Default: a new folder. */
  readonly out?: string
  /** Default: the command decides. */
  readonly lanes?: number
  /** End of the destination's name, such as `.zip`. Default: it is a folder. */
  readonly ending?: string
}

/** One round: each command runs once, whichever parts need it. */
export interface Round {
  /** Runs an export and returns its time and memory. */
  export(run: ExportRun): Promise<Usage>
  /** Runs the bare programs and returns their time and memory. */
  floors(series: CtSeries): Promise<CtFloors>
}

/** The command under test. */
const command = new URL('../../../packages/cli/dist/bin.js', import.meta.url)

export function createRound(bench: Bench): Round {
  const exports = new Map<string, Promise<Usage>>()
  const floors = new Map<number, Promise<CtFloors>>()
  return {
    export(run) {
      const usage = exports.get(run.title) ?? measureExport(run, bench)
      exports.set(run.title, usage)
      return usage
    },
    floors(series) {
      const measured = floors.get(series.slices) ?? measureCtFloors(series, bench)
      floors.set(series.slices, measured)
      return measured
    },
  }
}

async function measureExport(
  { title, items, dataSet, options = [], out: to, ending = '', lanes }: ExportRun,
  bench: Bench,
): Promise<Usage> {
  // Kept until the end: ext4 looks at every file that was removed in the last minutes before it makes another.
  const folder = await mkdtemp(join(bench.folder, 'export-'))
  const out = to ?? `${folder}${ending}`
  const job = ['export', '--all', '--out', out, '--no-progress', '--quiet', ...options]
  const threads = lanes === undefined ? [] : ['--threads', String(lanes)]
  const connection = ['--endpoint-url', bench.server.endpoint, '--datastore-id', dataSet.datastoreId]
  const usage = await measureCommand(command, [...job, ...threads, ...connection])
  bench.results.addRun({ title, items, lanes: lanes ?? bench.cores }, usage)
  const { wallSeconds, cpuSeconds, peakMegabytes } = usage
  process.stdout.write(
    `${title}: ${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMegabytes.toFixed(0)} MB\n`,
  )
  return usage
}
