import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SyntheticImageSetOptions } from '@ahi-dicom/ahi-emulator'
import { exportAll, startExport } from '../command/export-all.ts'
import { knownFrames } from '../exported/known-frames.ts'
import { differences, readExport } from '../exported/read-export.ts'
import { atLeast, equals, told, type Figure } from '../figures/figure.ts'
import { startServer, type ServerProcess } from '../server/server-process.ts'
import type { Stage } from './scenario.ts'

/** How exports are killed. */
export interface KillOptions {
  readonly kills: number
  /** The image sets to export. */
  readonly imageSets: SyntheticImageSetOptions
  /** Milliseconds that each answer takes. */
  readonly latency: { readonly least: number; readonly greatest: number }
  /** Called after each kill, before the next run. Returns the instances that may not be fetched again. */
  afterKill(folder: string): Promise<ReadonlySet<string>>
}

/** Result of an export that was killed repeatedly until it finished. */
interface Killed {
  kills: number
  exports: number
  /** Exports that ended by themselves with another exit code than 0. */
  failed: number
  /** Files and entries that are not as in an undisturbed export. */
  different: number
  /** Requests of frames of finished instances. */
  again: number
}

/** Shortest run, in milliseconds. The command needs this time to start. */
const leastSeconds = 0.3

/** Kills exports at random moments and resumes them until they are complete. */
export async function killExports(stage: Stage, options: KillOptions): Promise<Figure[]> {
  const { folder } = stage
  await using server = await startServer()
  await server.addSynthetic(options.imageSets)
  await server.setFaults({ rules: [{ fault: { kind: 'latency', ms: options.latency } }] })
  const undisturbed = join(folder, 'undisturbed')
  const { seconds } = await exportAll(server, undisturbed)
  const wanted = await readExport(undisturbed)
  const frames = await knownFrames(server)
  const killed: Killed = { kills: 0, exports: 0, failed: 0, different: 0, again: 0 }
  while (killed.kills < options.kills) {
    const out = join(folder, `killed-${killed.exports}`)
    await exportWithKills({ server, out, seconds, frames, killed, options, stage })
    const different = differences(await readExport(out), wanted)
    if (different.length > 0) stage.note(`${out}: ${different.slice(0, 5).join(', ')}`)
    killed.different += different.length
  }
  return [
    atLeast('kills', killed.kills, options.kills),
    told('exports that they hit', killed.exports),
    equals('exports that did not complete', killed.failed, 0),
    equals('files and entries that differ from an undisturbed export', killed.different, 0),
    equals('requests of frames that were finished', killed.again, 0),
  ]
}

/** Runs one export until it is complete; each run before was killed. */
async function exportWithKills(parts: {
  readonly server: ServerProcess
  readonly out: string
  readonly seconds: number
  readonly frames: ReadonlyMap<string, string>
  readonly killed: Killed
  readonly options: KillOptions
  readonly stage: Stage
}): Promise<void> {
  const { server, out, seconds, frames, killed, options, stage } = parts
  let finished: ReadonlySet<string> = new Set()
  killed.exports += 1
  for (;;) {
    await server.takeRequests()
    const run = startExport(server, out, { options: ['--resume'] })
    const isLast = killed.kills >= options.kills
    const moment = (leastSeconds + Math.random() * seconds) * 1000
    const result = isLast ? await run.ended : await Promise.race([run.ended, wait(moment)])
    const again = countAgain(await server.takeRequests(), { finished, frames })
    if (again > 0) stage.note(`${out}: ${again} frames of finished instances requested again`)
    killed.again += again
    if (result !== undefined) {
      if (result.exitCode !== 0) {
        killed.failed += 1
        stage.note(`${out}: exit code ${result.exitCode}: ${result.stderr}${result.stdout}`)
      }
      return
    }
    run.kill()
    await run.ended
    killed.kills += 1
    finished = await options.afterKill(out)
  }
}

function countAgain(
  requests: Awaited<ReturnType<ServerProcess['takeRequests']>>,
  { finished, frames }: { readonly finished: ReadonlySet<string>; readonly frames: ReadonlyMap<string, string> },
): number {
  return requests.filter(({ of }) => finished.has(frames.get(of) ?? '')).length
}
