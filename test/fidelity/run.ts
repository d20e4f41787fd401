import { compareAll, type Comparison } from '../interop/comparison.ts'
import { roundTrips, type RoundTrip } from '../interop/round-trip.ts'
import { describeFiles } from './describe-files.ts'
import { fidelityRows, type FidelityRow } from './rows.ts'
import { listSources, type FidelitySource } from './sources.ts'

/** Result of the fidelity run. */
export interface FidelityRun {
  readonly trips: readonly (RoundTrip & FidelitySource)[]
  readonly comparison: Comparison
  readonly rows: readonly FidelityRow[]
}

/** Sends files through emulator and exporter and compares the results. `only` is a part of the wanted names. */
export async function runFidelity(folder: string, only = ''): Promise<FidelityRun> {
  const sources = await listSources(folder, only)
  const trips = await roundTrips(sources, folder)
  const comparison = await compareAll(trips, folder)
  const descriptions = await describeFiles([...new Set(sources.map(({ original }) => original))], folder)
  return { trips, comparison, rows: fidelityRows(trips, comparison.files, descriptions) }
}
