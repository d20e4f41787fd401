import type { Bench } from '../rounds/bench.ts'
import type { ExportKind } from '../floors/measure-ct-floors.ts'
import type { ExportRun } from '../rounds/round.ts'

/** Exports that several parts share: a round runs each once. */

export async function ctRun(
  bench: Bench,
  kind: ExportKind,
  { slices = 1000, lanes }: { readonly slices?: number; readonly lanes?: number } = {},
): Promise<ExportRun> {
  const lanesText = lanes === undefined ? '' : `, --threads ${lanes}`
  return {
    title: `${ctTitle(kind, slices)}${lanesText}`,
    items: slices,
    dataSet: await bench.ctSeries(slices),
    options: kindOptions[kind],
    ...(lanes === undefined ? {} : { lanes }),
  }
}

/** Title of the run with the command's own number of lanes. */
export function ctTitle(kind: ExportKind, slices: number): string {
  return `${slices.toLocaleString('en')} CT slices, ${kindTitles[kind]}`
}

export const oneInstanceTitle = 'one CT slice, explicit'

/** Measures the start and the end of the command. */
export async function oneInstanceRun(bench: Bench): Promise<ExportRun> {
  return { title: oneInstanceTitle, items: 1, dataSet: await bench.ctSeries(1) }
}

const kindTitles: Readonly<Record<ExportKind, string>> = {
  explicit: 'explicit',
  stored: 'stored, verified',
  unverified: 'stored, --no-verify',
}

const kindOptions: Readonly<Record<ExportKind, readonly string[]>> = {
  explicit: [],
  stored: ['--transfer-syntax', 'stored'],
  unverified: ['--transfer-syntax', 'stored', '--no-verify'],
}
