import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startExport } from '../command/export-all.ts'
import { readManifest } from '../exported/manifest.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, told, type Figure } from '../figures/figure.ts'
import { startNetwork, type Network } from '../proxies/network.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario, Stage } from './scenario.ts'

const instances = 300
const recordedFirst = 60

/** Takes the network away from an export and gives it back. */
export const networkGoneScenario: Scenario = {
  name: 'network-gone',
  title: 'The network is gone for 60 seconds',
  async run(stage) {
    const seconds = stage.isShort ? 2 : 60
    return {
      figures: [
        told('seconds without a network', seconds),
        ...(await exportWithout(stage, { name: 'refused', seconds, take: (network) => network.refuse() })),
        ...(await exportWithout(stage, { name: 'silent', seconds, take: (network) => network.stall() })),
      ],
    }
  },
}

async function exportWithout(
  { folder }: Stage,
  how: { readonly name: string; readonly seconds: number; readonly take: (network: Network) => void | Promise<void> },
): Promise<Figure[]> {
  await using server = await startServer()
  await server.addSynthetic({ imageSets: 3, instances: instances / 3, rows: 64, columns: 64 })
  await server.setFaults({ rules: [{ fault: { kind: 'latency', ms: 200 } }] })
  await using network = await startNetwork(server.endpoint)
  const out = join(folder, how.name)
  const run = startExport(server, out, { env: { AWS_ENDPOINT_URL_MEDICAL_IMAGING: network.endpoint } })
  while ((await readManifest(out)).length < recordedFirst) await wait(20)
  await how.take(network)
  await wait(how.seconds * 1000)
  await network.restore()
  const restoredAt = performance.now()
  const { exitCode } = await run.ended
  const figures = [
    equals('exit code', exitCode, 0),
    ...(await verifiedFigures(out, instances)),
    told('time from the return of the network to the end', (performance.now() - restoredAt) / 1000, 's'),
  ]
  return figures.map((figure) => ({ ...figure, what: `${how.name}: ${figure.what}` }))
}
