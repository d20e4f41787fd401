import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { measureCommand } from '../measure/measure-command.ts'
import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'
import { ctRun } from './runs.ts'

const slices = 1000
/** Bytes of one exported file: 512 x 512 x 16 bit and its attributes. */
const fileByteLength = 512 * 512 * 2 + 2048

const cpuOverBare: FigureName = {
  title: '1,000 CT slices to a bucket: CPU beyond that of a folder, divided by that of a bare upload',
  unit: 'times',
  aim: { atMost: 1.3 },
}
const memory: FigureName = { title: '1,000 CT slices to a bucket: peak memory', unit: 'MB', aim: { atMost: 300 } }

/** An export into a bucket of a local server, beside one into a folder. */
export const bucketPart: Part = {
  name: 'bucket',
  async prepare(bench) {
    const endpoint = await startBucketServer()
    // The server takes any.
    process.env['AWS_ACCESS_KEY_ID'] ??= 'bench'
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'bench'
    const run = await ctRun(bench, 'explicit', { slices })
    let exports = 0
    return async (round) => {
      const toFolder = await round.export(run)
      exports += 1
      const toBucket = await round.export({
        ...run,
        title: `${run.title}, to a bucket`,
        out: `s3://bench/export-${exports}`,
        options: [...(run.options ?? []), '--out-endpoint-url', endpoint],
      })
      const script = new URL('../floors/bare-upload.ts', import.meta.url)
      const { workCpuSeconds } = await measureCommand(script, [endpoint, String(slices), String(fileByteLength)])
      bench.results.addFloor('bare upload', workCpuSeconds)
      bench.results.addFigure(cpuOverBare, (toBucket.cpuSeconds - toFolder.cpuSeconds) / workCpuSeconds)
      bench.results.addFigure(memory, toBucket.peakMegabytes)
    }
  },
}

/** Starts the server, which ends with this process. */
async function startBucketServer(): Promise<string> {
  const child = fork(fileURLToPath(new URL('../server/bucket-server.ts', import.meta.url)))
  const [endpoint] = await once(child, 'message')
  child.unref()
  child.channel?.unref()
  return String(endpoint)
}
