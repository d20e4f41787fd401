import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RoundTrip } from './round-trip.ts'

/** Result of compare.py. */
export interface Comparison {
  /** The normalisations that it knows, by id. */
  readonly rules: Readonly<Record<string, string>>
  readonly files: readonly FileComparison[]
}

/** One output beside its original. */
export interface FileComparison {
  readonly name: string
  readonly kind: string
  readonly differences: readonly { readonly where: string; readonly expected: string; readonly got: string }[]
  /** Ids of the normalisations that explained a difference. */
  readonly applied: readonly string[]
  readonly pixels: string
}

/** Input of compare.py about a round trip. */
export type ComparedTrip = Pick<RoundTrip, 'name' | 'original' | 'outputs' | 'warnings'>

/** Compares all outputs with their originals in one Python process. */
export async function compareAll(trips: readonly ComparedTrip[], folder: string): Promise<Comparison> {
  const workList = join(folder, 'work-list.json')
  await writeFile(workList, JSON.stringify(trips.map(workItem)))
  const comparison = await runPython('compare.py', [workList])
  if (!isComparison(comparison)) throw new TypeError('compare.py prints an object of `rules` and `files`')
  return comparison
}

function workItem({ name, original, outputs, warnings }: ComparedTrip): object {
  const noticesOf = (kind: string): string[] => warnings.filter((line) => line.kind === kind).map(({ code }) => code)
  return {
    name,
    original,
    outputs: outputs.map(({ kind, path }) => ({ kind, path, notices: noticesOf(kind) })),
  }
}

function isComparison(value: unknown): value is Comparison {
  return (
    typeof value === 'object' && value !== null && 'rules' in value && 'files' in value && Array.isArray(value.files)
  )
}

/** Runs a script of this folder and parses its output. */
export async function runPython(
  script: string,
  parameters: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly timeout?: number } = {},
): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { env = process.env, timeout = 300_000 } = options
  const { stdout } = await promisify(execFile)('python3', [path, ...parameters], { env, timeout, maxBuffer: 2 ** 28 })
  return JSON.parse(stdout)
}

/** Differences as lines of a report: file, export, attribute, value before and after. */
export function describeDifferences(files: readonly FileComparison[]): string[] {
  return files.flatMap(({ name, kind, differences }) =>
    differences.map(({ where, expected, got }) => `${name} (${kind}) ${where}: expected ${expected}, got ${got}`),
  )
}
