import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { exportAll, startExport } from '../command/export-all.ts'
import { readManifest } from '../exported/manifest.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, holds } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const instances = 400
const recordedFirst = 40

/** Removes the folder of an export while it runs, and exports again. */
export const removedFolderScenario: Scenario = {
  name: 'removed-folder',
  title: 'The folder is removed while the export runs',
  async run({ folder }) {
    await using server = await startServer()
    await server.addSynthetic({ imageSets: 4, instances: instances / 4, rows: 64, columns: 64 })
    await server.setFaults({ rules: [{ fault: { kind: 'latency', ms: 200 } }] })
    const out = join(folder, 'out')
    const run = startExport(server, out)
    while ((await readManifest(out)).length < recordedFirst) await wait(20)
    await rm(out, { recursive: true, force: true, maxRetries: 50 })
    const { exitCode, stderr } = await run.ended
    await server.setFaults({ rules: [] })
    const again = await exportAll(server, out, { options: ['--resume'] })
    return {
      figures: [
        equals('exit code when the folder is gone', exitCode, 7),
        holds(
          'the message names the missing folder',
          stderr.includes('manifest.ndjson') || stderr.includes(out),
          stderr,
        ),
        equals('exit code of `--resume`', again.exitCode, 0),
        ...(await verifiedFigures(out, instances)),
      ],
    }
  },
}
