import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL, fileURLToPath } from 'node:url'
import { startExport } from '../command/export-all.ts'
import { readManifest } from '../exported/manifest.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, told, type Figure } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario, Stage } from './scenario.ts'

const instances = 200
const recordedFirst = 40
const stepMinutes = 20
const preload = fileURLToPath(new URL('../command/step-clock.mjs', import.meta.url))

const stepMs = stepMinutes * 60_000
const steps = {
  serviceForward: { name: 'service forward', serviceMs: stepMs, ownMs: 0 },
  serviceBack: { name: 'service back', serviceMs: -stepMs, ownMs: 0 },
  machineForward: { name: 'machine forward', serviceMs: 0, ownMs: stepMs },
  machineBack: { name: 'machine back', serviceMs: 0, ownMs: -stepMs },
} as const

/** Steps the clock of the service and of the command while an export runs. Signatures hold for 5 minutes. */
export const steppedClockScenario: Scenario = {
  name: 'stepped-clock',
  title: 'The clock of the service or of this machine is stepped',
  async run(stage) {
    const figures: Figure[] = [told('step', stepMinutes, 'minutes')]
    for (const step of stage.isShort ? [steps.serviceForward, steps.machineBack] : Object.values(steps))
      figures.push(...(await exportThroughStep(stage, step)))
    return { figures }
  },
}

async function exportThroughStep(
  { folder }: Stage,
  { name, serviceMs, ownMs }: { readonly name: string; readonly serviceMs: number; readonly ownMs: number },
): Promise<Figure[]> {
  const key = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret', expiration: Date.now() + 86_400_000 }
  await using server = await startServer({ keys: [key] })
  await server.addSynthetic({ imageSets: 2, instances: instances / 2, rows: 64, columns: 64 })
  await server.setFaults({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 500 } }] })
  const out = join(folder, name)
  const run = startExport(server, out, {
    env: {
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      ...(ownMs === 0 ? {} : { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`, STEP_MS: String(ownMs) }),
    },
    options: ['--concurrency', '16'],
  })
  while ((await readManifest(out)).length < recordedFirst) await wait(20)
  await server.setClock(serviceMs)
  const { exitCode } = await run.ended
  const figures = [equals('exit code', exitCode, 0), ...(await verifiedFigures(out, instances))]
  return figures.map((figure) => ({ ...figure, what: `clock of the ${name}: ${figure.what}` }))
}
