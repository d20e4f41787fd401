import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command/command.ts'
import { startExport } from '../command/export-all.ts'
import { knowsCommand } from '../command/known-commands.ts'
import { timeTenths } from '../exported/watch-manifest.ts'
import { atMost, equals, told, type Figure } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario, Stage } from './scenario.ts'

const instancesOfSet = 100
const mostMegabytes = 400
const slowestLastTenth = 1.2

/** Plans a data store of a million instances and exports the headers of a hundred thousand. */
export const largeStoreScenario: Scenario = {
  name: 'large-store',
  title: '1,000,000 instances planned, 100,000 exported as headers',
  async run(stage) {
    return { figures: [...(await plan(stage)), ...(await exportHeaders(stage))] }
  },
}

async function plan({ isShort }: Stage): Promise<Figure[]> {
  const imageSets = isShort ? 100 : 10_000
  await using server = await startServer()
  await server.addSynthetic({ imageSets, instances: instancesOfSet, rows: 64, columns: 64 })
  const command = (await knowsCommand('plan')) ? ['plan', '--all'] : ['export', '--all', '--dry-run']
  const { exitCode, stdout, peakMegabytes, seconds } = await runCommand([...command, '--json'], { env: server.env })
  return [
    equals('plan: exit code', exitCode, 0),
    equals('plan: instances', plannedInstances(stdout), imageSets * instancesOfSet),
    atMost('plan: peak memory', peakMegabytes, mostMegabytes, 'MB'),
    told('plan: time', seconds, 's'),
  ]
}

/** Sums the instances that the lines of a plan name. A line of totals names them in one number. */
function plannedInstances(text: string): number {
  let sum = 0
  for (const line of text.split('\n').filter((json) => json !== '')) {
    const { instances, totals }: { instances?: number; totals?: { instances?: number } } = JSON.parse(line)
    if (totals?.instances !== undefined) return totals.instances
    sum += instances ?? 0
  }
  return sum
}

async function exportHeaders({ folder, isShort }: Stage): Promise<Figure[]> {
  const imageSets = isShort ? 50 : 1000
  await using server = await startServer()
  await server.addSynthetic({ imageSets, instances: instancesOfSet, rows: 64, columns: 64 })
  const out = join(folder, 'out')
  const run = startExport(server, out, { options: ['--header-only'] })
  const { first, last } = await timeTenths(out, run.ended)
  const { exitCode, peakMegabytes, seconds } = await run.ended
  const files = (await readdir(out, { recursive: true })).filter((path) => path.endsWith('.dcm')).length
  return [
    equals('export: exit code', exitCode, 0),
    equals('export: files', files, imageSets * instancesOfSet),
    atMost('export: peak memory', peakMegabytes, mostMegabytes, 'MB'),
    told('export: time', seconds, 's'),
    isShort
      ? told('export: time of the last tenth divided by the first', last / first)
      : atMost('export: time of the last tenth divided by the first', last / first, slowestLastTenth),
  ]
}
