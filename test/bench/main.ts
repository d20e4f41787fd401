/**
 * `npm run bench`: measures the built command, prints the report and writes it into docs/benchmarks.md.
 *
 * `npm run bench -- --rounds 1 --only lanes` prints the figures of one part, once, and writes nothing.
 */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseBenchArguments } from './arguments.ts'
import { createBench } from './rounds/bench.ts'
import { parts } from './parts/index.ts'
import { ctTitle, oneInstanceTitle } from './parts/runs.ts'
import { reportText } from './report/document.ts'
import { loadText, machineText } from './report/machine.ts'
import { writeDocument } from './report/write-document.ts'
import { createResultCollector, type Results } from './measure/results.ts'
import { createRound } from './rounds/round.ts'
import { startServer } from './server/server-process.ts'

const emulatorPart = 'emulator'
const { rounds, only } = parseBenchArguments(process.argv.slice(2), [...parts.map(({ name }) => name), emulatorPart])
const isAsked = (name: string): boolean => only?.includes(name) ?? true
const repository = fileURLToPath(new URL('../..', import.meta.url))
process.env['PATH'] = [join(repository, '.tools/python/bin'), process.env['PATH']].join(delimiter)

const loadBefore = loadText()
const measured = await measureParts()
const emulator = isAsked(emulatorPart) ? await benchEmulator() : undefined
const report = reportText({
  results: measured,
  rounds,
  machine: machineText(),
  load: [loadBefore, loadText()],
  emulator,
  frameCostOf: { title: ctTitle('explicit', 1000), startTitle: oneInstanceTitle },
})
process.stdout.write(`\n${report}\n`)
if (only === undefined) await writeDocument(report)

async function measureParts(): Promise<Results> {
  const results = createResultCollector()
  const asked = parts.filter(({ name }) => isAsked(name))
  if (asked.length === 0) return results
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-bench-'))
  process.once('SIGINT', () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })
  const server = await startServer(join(folder, 'ahi'))
  const bench = createBench({ folder, server, cores: availableParallelism(), results })
  try {
    const measures = []
    for (const part of asked) measures.push(await part.prepare(bench))
    for (let index = 0; index < rounds; index += 1) {
      process.stdout.write(`Round ${index + 1} of ${rounds}\n`)
      const round = createRound(bench)
      for (const measure of measures) await measure(round)
    }
    return results
  } finally {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function benchEmulator(): Promise<string> {
  const script = join(repository, 'packages/ahi-emulator/scripts/bench.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  return stdout
}
