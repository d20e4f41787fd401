import { join } from 'node:path'
import { exportAll } from '../command/export-all.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { atMost, equals, named, told, type Figure } from '../figures/figure.ts'
import { requestsByOperation } from '../server/count-requests.ts'
import { startServer } from '../server/server-process.ts'
import { serviceFaults } from '../server/service-faults.ts'
import type { Scenario, Stage } from './scenario.ts'

/** Developer guide, "Throttling limits": GetImageSetMetadata. */
const documentQuota = { rate: 50, burst: 100 }
const slowest = 1.1

/** Exports as many image sets of one instance as keep to the quota of metadata documents, which is the bound then. */
export const quotasScenario: Scenario = {
  name: 'quotas',
  title: "AHI's documented quotas, alone and with the faults above",
  async run(stage) {
    return { figures: [...(await keepTo(stage, 'quotas alone', false)), ...(await keepTo(stage, 'with faults', true))] }
  },
}

async function keepTo({ folder, isShort }: Stage, name: string, hasFaults: boolean): Promise<Figure[]> {
  const imageSets = isShort ? 400 : 2000
  await using server = await startServer({ quotas: true })
  await server.addSynthetic({ imageSets, rows: 64, columns: 64 })
  if (hasFaults) await server.setFaults(serviceFaults())
  const out = join(folder, name)
  const { exitCode, seconds } = await exportAll(server, out)
  const counters = await server.counters()
  const quotaSeconds = (imageSets - documentQuota.burst) / documentQuota.rate
  const figures = [
    equals('exit code', exitCode, 0),
    ...(await verifiedFigures(out, imageSets)),
    told('time that the quota alone takes', quotaSeconds, 's'),
    // A short run is over before its start weighs nothing.
    isShort ? told('time', seconds, 's') : atMost('time', seconds, quotaSeconds * slowest, 's'),
    told('requests of documents', requestsByOperation(counters).get('GetImageSetMetadata') ?? 0),
    told('throttled', counters.requests['GetImageSetMetadata']?.['429'] ?? 0),
  ]
  return named(name, figures)
}
