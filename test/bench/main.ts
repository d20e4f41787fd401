/**
 * Prints what the export of a CT of 222 slices (512 x 512 x 16 bit) costs here, beside the floor of the same work:
 * (CPU seconds of a bare decode + of a bare keep-alive fetch, server included + of a bare write) / cores, all
 * measured in turn in each round. Every figure is the median of the rounds. Then what the emulator does.
 *
 * npm run bench [-- ROUNDS [SLICES]]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Usage, measureCommand } from './measure-command.ts'
import { startServer } from './server-process.ts'

const [rounds = 5, slices = 222] = process.argv.slice(2).map(Number)
const cores = availableParallelism()
const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-bench-'))
const bin = new URL('../../packages/cli/dist/bin.js', import.meta.url)
const emulatorBench = fileURLToPath(new URL('../../packages/ahi-emulator/scripts/bench.ts', import.meta.url))
const script = (name: string): URL => new URL(name, import.meta.url)

process.stdout.write(`${slices} CT slices, ${rounds} rounds, ${cores} cores, Node ${process.version}\n`)
const server = await startServer(slices)
const frames = join(folder, 'frames.json')
await writeFile(frames, JSON.stringify(server.frames))
const figures = new Map<string, number[]>()
try {
  for (let round = -1; round < rounds; round++) {
    const measured = await measureRound(round)
    if (round < 0) continue // warms the file system's cache and the server
    for (const [name, value] of Object.entries(measured)) figures.set(name, [...(figures.get(name) ?? []), value])
  }
} finally {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
printReport()
process.stdout.write('\nThe emulator\n')
await once(spawn(process.execPath, [emulatorBench], { stdio: 'inherit' }), 'exit')

async function measureRound(round: number): Promise<Record<string, number>> {
  const start = await measureCommand(bin, ['--version'])
  const decode = await measureCommand(script('bare-decode.ts'), [frames])
  const beforeFetch = await server.cpuSeconds()
  const fetch = await measureCommand(script('bare-fetch.ts'), [frames])
  const fetchServer = (await server.cpuSeconds()) - beforeFetch
  const write = await measureCommand(script('bare-write.ts'), [join(folder, `write-${round}`), String(slices)])
  const floor = (decode.workCpuSeconds + fetch.workCpuSeconds + fetchServer + write.workCpuSeconds) / cores
  const measured: Record<string, number> = {
    'start of the process, s': start.wallSeconds,
    'bare decode, CPU s': decode.workCpuSeconds,
    'bare fetch, CPU s': fetch.workCpuSeconds + fetchServer,
    'bare write, CPU s': write.workCpuSeconds,
    'floor, s': floor,
  }
  for (const transferSyntax of ['explicit', 'stored']) {
    const usage = await measureExport(join(folder, `${transferSyntax}-${round}`), transferSyntax)
    measured[`${transferSyntax}: whole command, s`] = usage.wallSeconds
    measured[`${transferSyntax}: frames a second`] = slices / usage.wallSeconds
    measured[`${transferSyntax}: CPU s`] = usage.cpuSeconds
    measured[`${transferSyntax}: peak memory, MB`] = usage.peakMegabytes
    measured[`${transferSyntax}: (command - start) / floor`] = (usage.wallSeconds - start.wallSeconds) / floor
  }
  return measured
}

async function measureExport(out: string, transferSyntax: string): Promise<Usage> {
  const job = ['export', '--all', '--out', out, '--transfer-syntax', transferSyntax, '--no-progress', '--quiet']
  const connection = ['--endpoint-url', server.endpoint, '--datastore-id', server.datastoreId]
  const usage = await measureCommand(bin, [...job, ...connection])
  await rm(out, { recursive: true })
  return usage
}

function printReport(): void {
  for (const [name, values] of figures) {
    const sorted = values.toSorted((a, b) => a - b)
    const [low, middle, high] = [0, sorted.length >> 1, sorted.length - 1].map((index) => sorted[index]?.toFixed(2))
    process.stdout.write(`${name.padEnd(42)} ${String(middle).padStart(8)}   (${low} to ${high})\n`)
  }
}
