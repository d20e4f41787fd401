import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFleet } from '@ahi-dicom/fleet'

/** Settings of this process, which fleet.slow.test.ts starts. It works until all jobs are done, and prints its events. */
interface Settings {
  readonly redisUrl: string
  readonly prefix: string
  readonly lockMs: number
  readonly endpoint: string
  readonly directory: string
  /** The process kills itself this many milliseconds after it has opened the run. */
  readonly diesAfterMs?: number
}

const settings: Settings = JSON.parse(process.argv[2] ?? '{}')
const { redisUrl, prefix, lockMs, endpoint, directory, diesAfterMs } = settings
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
await using client = createAhiClient({ endpoint, region: 'us-east-1', credentials })
await using exporter = createExporter({ client, lanes: 1 })
await using fleet = createFleet({ connection: { url: redisUrl }, prefix, lockMs })
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const summary = await fleet.work({
  exporter,
  client,
  openRun: (_, { writer }) => ({
    destination: folderDestination({ directory, writer }),
    selection: { selectors: 'all' },
  }),
  untilEmpty: true,
  stop: stop.signal,
  onEvent(event) {
    process.stdout.write(`${JSON.stringify(event)}\n`)
    if (event.kind === 'run-opened' && diesAfterMs !== undefined) {
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), diesAfterMs)
    }
  },
})
process.stdout.write(`${JSON.stringify({ kind: 'summary', ...summary })}\n`)
