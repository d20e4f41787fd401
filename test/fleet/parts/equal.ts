import { join } from 'node:path'
import { runCommand } from '../../faults/command/command.ts'
import { exportAll } from '../../faults/command/export-all.ts'
import { filesByInstance } from '../../faults/exported/original-files.ts'
import { equals, named, told, type Figure } from '../../faults/figures/figure.ts'
import type { Scenario, Stage } from '../../faults/scenarios/scenario.ts'
import { startServer, type ServerProcess } from '../../faults/server/server-process.ts'
import { missingServer, s3Servers } from '../../interop/s3-servers.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from '../../interop/shared-files.ts'
import { bucketEnvironment, downloadBucket, makeBucket } from '../exported/download-bucket.ts'
import { comparedFigures, readWritten, type WrittenExport } from '../exported/compare-exports.ts'
import { fleetCommands, runIdOf, type FleetParts } from '../fleet/fleet-commands.ts'
import { hasProgram } from '../redis/programs.ts'
import { startRedis } from '../redis/redis-server.ts'

const workerCount = 4
const selection = ['--non-primary', 'include']
/** So that many image sets are cut. */
const instancesPerPart = ['--instances-per-part', '2']
const valkey = 'valkey-server'

/** Exports a data store with four workers and compares the files with a single export. */
export const equalScenario: Scenario = {
  name: 'equal',
  title: '4 workers export real and generated image sets as a single export does',
  async run(stage) {
    const { folder, isShort } = stage
    await using server = await startServer()
    const figures = await fillServer(server, isShort ? 200 : 2000)
    const out = join(folder, 'single')
    const { exitCode } = await exportAll(server, out, { options: selection })
    const verified = await runCommand(['verify', out])
    const single = { exitCode, verified: verified.exitCode, written: await readWritten(out) }
    figures.push(told('single export: exit code', exitCode ?? -1), told('instances', single.written.recorded.length))
    figures.push(...(await toFolder({ stage, server, single, program: 'redis-server' })))
    if (hasProgram(valkey)) figures.push(...(await toFolder({ stage, server, single, program: valkey })))
    else figures.push(told('folder, with Valkey', `skipped: there is no ${valkey} here`))
    figures.push(...(await toBucket({ stage, server, single })))
    return { figures }
  },
}

interface Comparison {
  readonly stage: Stage
  readonly server: ServerProcess
  readonly single: Single
}

interface Single {
  readonly exitCode: number | null
  /** Exit code of `verify`. */
  readonly verified: number | null
  readonly written: WrittenExport
}

/** Returns figures about the content of the data store. */
async function fillServer(server: ServerProcess, imageSets: number): Promise<Figure[]> {
  const missing = sharedFilesMissing()
  const files = missing === undefined ? await sharedFiles() : []
  const imported = files.length === 0 ? 0 : await server.importPaths(files)
  const kinds = [
    { instances: 3 },
    { frames: 4 },
    { samplesPerPixel: 3 as const },
    { instances: 2, bitsAllocated: 8 as const },
  ]
  const most = Math.ceil(imageSets / kinds.length)
  for (const [index, kind] of kinds.entries())
    await server.addSynthetic({ imageSets: most, rows: 32, columns: 32, seed: index + 1, ...kind })
  return [told('real instances', missing ?? imported), told('generated image sets', most * kinds.length)]
}

async function sharedFiles(): Promise<readonly string[]> {
  return [...(await filesByInstance(listSharedFiles().map((name) => join(sharedDicom, name)))).values()]
}

async function toFolder({
  stage,
  server,
  single,
  program,
}: Comparison & { readonly program: string }): Promise<readonly Figure[]> {
  const folder = join(stage.folder, program)
  await using redis = await startRedis({ folder: stage.folder, program })
  const exported = await exportByFleet({ server, redis }, folder)
  return await figuresOf(program === valkey ? 'folder, with Valkey' : 'folder', { stage, single, exported, folder })
}

async function toBucket({ stage, server, single }: Comparison): Promise<readonly Figure[]> {
  const name = stage.isShort ? 'moto' : 'S3Mock'
  const start = s3Servers[name]
  const missing = missingServer(name)
  if (start === undefined || missing !== undefined) return [told('bucket', `skipped: ${missing}`)]
  await using bucketServer = await start()
  await using redis = await startRedis({ folder: stage.folder })
  const [bucket, prefix] = ['fleet', 'all']
  await makeBucket(bucketServer, bucket)
  const parts = { server, redis, env: bucketEnvironment(bucketServer) }
  const exported = await exportByFleet(parts, `s3://${bucket}/${prefix}`)
  const folder = join(stage.folder, 'bucket')
  await downloadBucket(bucketServer, { bucket, prefix, folder })
  return await figuresOf(`bucket of ${name}`, { stage, single, exported, folder })
}

/** Exit codes of the commands of a fleet. */
interface FleetExport {
  readonly workers: readonly (number | null)[]
  readonly report: number | null
  readonly verify: number | null
}

async function exportByFleet(parts: FleetParts, out: string): Promise<FleetExport> {
  using fleet = fleetCommands(parts)
  const runId = runIdOf(await fleet.submit(out, [...selection, ...instancesPerPart]).ended)
  const running = Array.from({ length: workerCount }, () => fleet.work(['--until-empty']))
  const workers = await Promise.all(running.map(async ({ ended }) => (await ended).exitCode))
  const { exitCode: report } = await fleet.start(['report', runId]).ended
  const { exitCode: verify } = await runCommand(['verify', out], parts.env === undefined ? {} : { env: parts.env })
  return { workers, report, verify }
}

async function figuresOf(
  name: string,
  {
    stage,
    single,
    exported,
    folder,
  }: {
    readonly stage: Stage
    readonly single: Single
    readonly exported: FleetExport
    readonly folder: string
  },
): Promise<readonly Figure[]> {
  const figures = [
    equals(
      'exit codes of the workers',
      exported.workers,
      Array.from({ length: workerCount }, () => 0),
    ),
    equals('exit code of the report', exported.report, single.exitCode),
    ...comparedFigures(await readWritten(folder), single.written, stage),
    equals('exit code of `verify`', exported.verify, single.verified),
  ]
  return named(name, figures)
}
