import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchFrames } from '../floors/fetch-frames.ts'
import type { FramesToMeasure } from '../floors/measure-ct-floors.ts'
import type { ResultCollector } from '../measure/results.ts'
import type { DataSet, Frames, ServerProcess } from '../server/server-process.ts'

/** Objects that all parts of the bench share. */
export interface Bench {
  /** For exports and the bare programs' files. */
  readonly folder: string
  readonly cores: number
  readonly server: ServerProcess
  readonly results: ResultCollector
  /** Returns a generated CT series. Each length is made once. */
  ctSeries(slices: number): Promise<CtSeries>
  /** Returns 10 image sets of 1,000 small instances each. They are made once. */
  smallInstances(): Promise<DataSet>
}

/** A CT series of 512 x 512 x 16 bit, for exports and for the bare programs. */
export interface CtSeries extends DataSet, FramesToMeasure {}

/** Side of the square frames of {@link Bench.smallInstances}. */
export const smallFrameSide = 64

export function createBench(parts: Pick<Bench, 'folder' | 'cores' | 'server' | 'results'>): Bench {
  const { folder, server } = parts
  const ctSeries = new Map<number, Promise<CtSeries>>()
  let smallInstances: Promise<DataSet> | undefined
  return {
    ...parts,
    ctSeries(slices) {
      const series = ctSeries.get(slices) ?? makeCtSeries(slices, { folder, server })
      ctSeries.set(slices, series)
      return series
    },
    smallInstances: () =>
      (smallInstances ??= server.addSynthetic({
        imageSets: 10,
        instances: 1000,
        rows: smallFrameSide,
        columns: smallFrameSide,
      })),
  }
}

async function makeCtSeries(slices: number, { folder, server }: Pick<Bench, 'folder' | 'server'>): Promise<CtSeries> {
  const { frames, ...dataSet } = await server.addCt(slices)
  const framesFile = join(folder, `frames-${slices}.json`)
  await writeFile(framesFile, JSON.stringify(frames))
  return { ...dataSet, slices, framesFile, storedByteLength: await meanByteLength(frames) }
}

/** Fetches every frame, which also warms the server. */
async function meanByteLength(frames: Frames): Promise<number> {
  let total = 0
  await fetchFrames(frames, ({ byteLength }) => (total += byteLength))
  return Math.round(total / frames.frameIds.length)
}
