import { join } from 'node:path'
import { exportAll } from '../command/export-all.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { atMost, equals, told } from '../figures/figure.ts'
import { countRequests } from '../server/count-requests.ts'
import { startServer } from '../server/server-process.ts'
import { faultShare, serviceFaults } from '../server/service-faults.ts'
import type { Scenario } from './scenario.ts'

const instancesOfSet = 100
/** Factor by which random faults may exceed their expected number. */
const chance = 1.5

/** Exports through a service that throttles, resets, truncates and fails. */
export const serviceFaultsScenario: Scenario = {
  name: 'service-faults',
  title: '5 % throttling, 2 % resets, 1 % truncated bodies, 0.5 % errors of the server, latency at random',
  async run({ folder, isShort }) {
    const imageSets = isShort ? 4 : 20
    const instances = imageSets * instancesOfSet
    await using server = await startServer()
    await server.addSynthetic({ imageSets, instances: instancesOfSet, rows: 128, columns: 128 })
    const undisturbed = await exportAll(server, join(folder, 'undisturbed'))
    const needed = countRequests(await server.counters())
    await server.setFaults(serviceFaults())
    const out = join(folder, 'disturbed')
    const { exitCode, seconds } = await exportAll(server, out)
    await server.setFaults({ rules: [] })
    const extra = countRequests(await server.counters()) - 2 * needed
    return {
      figures: [
        equals('exit code', exitCode, 0),
        ...(await verifiedFigures(out, instances)),
        told('requests without faults', needed),
        atMost('extra requests', extra, Math.ceil(needed * faultShare * chance)),
        told('time without faults', undisturbed.seconds, 's'),
        told('time', seconds, 's'),
      ],
    }
  },
}
