/**
 * Measures an emulator on this machine: CT slices imported per second, frames served per second over 64 connections,
 * searches of a large store, and the server's CPU time and memory.
 *
 * node --conditions=@ahi-dicom/source scripts/bench.ts [SLICES] [SECONDS] [IMAGE_SETS]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { benchSearches } from './bench-searches.ts'
import { benchServing } from './bench-serving.ts'
import { forkServer } from './fork-server.ts'
import { printFigures } from './print-figures.ts'

const [slices = 222, seconds = 5, imageSets = 100_000] = process.argv.slice(2).map(Number)
const folder = await mkdtemp(join(tmpdir(), 'ahi-emulator-bench-'))
try {
  await writeSeries(join(folder, 'series'))
  await benchImportAndServing(join(folder, 'data'))
  await benchLargeStore(join(folder, 'large'))
} finally {
  await rm(folder, { recursive: true })
}

async function writeSeries(path: string): Promise<void> {
  await mkdir(path)
  for (const { name, data } of generateStudy({ ctSlices: slices, ultrasoundFrames: 0, report: false })) {
    await writeFile(join(path, name), data)
  }
}

async function benchImportAndServing(data: string): Promise<void> {
  await using server = await forkServer(data)
  const { wallSeconds, cpuSeconds, peakMegabytes } = await server.importFrom(join(folder, 'series'))
  printFigures(`import of ${slices} CT slices`, {
    'slices/s': slices / wallSeconds,
    'CPU ms/slice': (cpuSeconds / slices) * 1000,
    'peak MB': peakMegabytes,
  })
  await benchServing(server, seconds)
}

async function benchLargeStore(data: string): Promise<void> {
  {
    await using server = await forkServer(data)
    const { wallSeconds, peakMegabytes } = await server.addSynthetic(imageSets)
    printFigures(`${imageSets} synthetic image sets`, { 's to add': wallSeconds, 'peak MB': peakMegabytes })
  }
  await using server = await forkServer(data)
  printFigures('start with these image sets', { s: server.startSeconds })
  await benchSearches(server)
  await benchServing(server, seconds)
}
