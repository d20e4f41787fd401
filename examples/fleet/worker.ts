/** One worker: takes jobs until none is left. It starts in the same way on another machine. */
import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter } from '@ahi-dicom/exporter'
import { createFleet } from '@ahi-dicom/fleet'
import { openRun } from './open-run.ts'

const { REDIS_URL: url = '', EXAMPLE_ENDPOINT: endpoint } = process.env
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())

const client = createAhiClient(endpoint === undefined ? {} : { endpoint, region: 'us-east-1', credentials: local() })
const exporter = createExporter({ client, lanes: 1 })
const fleet = createFleet({ connection: { url } })
try {
  const { name, jobs, instances } = await fleet.work({ exporter, client, openRun, untilEmpty: true, stop: stop.signal })
  console.log(`worker ${name}: ${jobs} jobs, ${instances} instances`)
} finally {
  await fleet.close()
  await exporter.close()
  await client.close()
}

/** The local AHI takes any. */
function local(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  return { accessKeyId: 'local', secretAccessKey: 'local' }
}
