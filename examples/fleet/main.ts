/**
 * Exports a whole data store with three workers in separate processes. Merges and verifies their files. On
 * many machines it is the same: one Redis, one folder or bucket, and a worker on each.
 *
 *   npm start -- [folder, default out]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { openAhi } from '@ahi-dicom/example-local-ahi'
import { verifyExport } from '@ahi-dicom/export-files'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFleet } from '@ahi-dicom/fleet'
import { startRedis, type LocalRedis } from './local-redis.ts'
import { openRun } from './open-run.ts'

const directory = resolve(process.argv[2] ?? 'out')
const redis = await startRedis()
if (redis === undefined) console.log('Skipped: there is no redis-server or valkey-server; install one')
else await exportWith(redis).finally(() => redis.close())

async function exportWith({ url }: LocalRedis): Promise<void> {
  const ahi = await openAhi(generateStudies)
  const exporter = createExporter(ahi.connection)
  const fleet = createFleet({ connection: { url } })
  process.env['EXAMPLE_FOLDER'] = directory
  try {
    const request = { datastoreId: ahi.datastoreId, destination: directory, settings: { formats: 'dcm' } }
    const { run, added } = await fleet.submit({ exporter, request, selectors: 'all' })
    console.log(`run ${run.id}: ${added} jobs`)

    const { endpoint } = ahi.connection
    const env = {
      ...process.env,
      REDIS_URL: url,
      ...(endpoint === undefined ? {} : { EXAMPLE_ENDPOINT: endpoint }),
    }
    const workers = [1, 2, 3].map(() => fork(new URL('worker.ts', import.meta.url), { env }))
    await Promise.all(workers.map((worker) => once(worker, 'exit')))

    const { outcome, summary } = await fleet.report(run.id, { openRun })
    console.log(`${outcome}: ${summary.instances.written} instances, ${summary.files} files in ${directory}`)
    if (outcome !== 'complete') process.exitCode = 1
    for await (const event of verifyExport(folderDestination({ directory }))) {
      if (event.kind === 'problem') console.error(`${event.problem}: ${event.shownPath}: ${event.message}`)
      if (event.kind === 'summary') console.log(`${event.verified} of ${event.files} files verified`)
    }
  } finally {
    await fleet.close()
    await exporter.close()
    await ahi.close()
  }
}

/** Ten studies, so that there is something for every worker. */
function generateStudies(): Uint8Array[] {
  const studies = Array.from({ length: 10 }, (_, index) =>
    generateStudy({ seed: index + 1, ctSlices: 2, ultrasoundFrames: 1 }),
  )
  return studies.flatMap((study) => Array.from(study, ({ data }) => data))
}
