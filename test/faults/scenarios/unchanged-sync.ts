import { join } from 'node:path'
import { runCommand } from '../command/command.ts'
import { exportAll } from '../command/export-all.ts'
import { knowsCommand } from '../command/known-commands.ts'
import { atMost, equals, told } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const mostSeconds = 60

/** Synchronises an export with an unchanged data store. */
export const unchangedSyncScenario: Scenario = {
  name: 'unchanged-sync',
  title: '`sync` of 10,000 unchanged image sets',
  async run({ folder, isShort }) {
    if (!(await knowsCommand('sync'))) return { skipped: 'the command has no `sync` yet' }
    const imageSets = isShort ? 200 : 10_000
    await using server = await startServer()
    await server.addSynthetic({ imageSets, rows: 16, columns: 16 })
    const out = join(folder, 'out')
    const first = await exportAll(server, out, { options: ['--header-only'] })
    await server.takeRequests()
    const { exitCode, seconds, peakMegabytes } = await runCommand(['sync', '--out', out], { env: server.env })
    const requests = await server.takeRequests()
    const searches = requests.filter(({ operation }) => operation === 'SearchImageSets')
    return {
      figures: [
        equals('exit code of the export', first.exitCode, 0),
        equals('exit code of `sync`', exitCode, 0),
        equals('image sets', imageSets, imageSets),
        told('searches', searches.length),
        equals('other requests', requests.length - searches.length, 0),
        atMost('time', seconds, mostSeconds, 's'),
        told('peak memory', peakMegabytes, 'MB'),
      ],
    }
  },
}
