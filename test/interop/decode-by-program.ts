import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runPython } from './comparison.ts'
import type { RoundTrip } from './round-trip.ts'

/** The programs that decode_by_program.py runs. */
export const DECODING_PROGRAMS = ['dcmdjpeg', 'gdcmconv'] as const

/** Stored frames as decoded by programs of dcmtk and gdcm. */
export interface DecodedByProgram {
  readonly decoded: number
  readonly differences: readonly string[]
}

/** Decodes stored exports with programs, as far as they support them, and compares the pixels with the originals. */
export async function decodeByProgram(trips: readonly RoundTrip[], folder: string): Promise<DecodedByProgram> {
  const work = trips.flatMap(({ name, original, outputs }) =>
    outputs.filter(({ kind }) => kind === 'stored').map((output) => ({ name, original, ...output })),
  )
  const list = join(folder, 'decoded-by-program.json')
  await writeFile(list, JSON.stringify(work))
  const result = await runPython('decode_by_program.py', [list])
  if (isResult(result)) return result
  throw new TypeError('decode_by_program.py prints `decoded` and `differences`')
}

function isResult(value: unknown): value is DecodedByProgram {
  if (typeof value !== 'object' || value === null || !('decoded' in value) || !('differences' in value)) return false
  return typeof value.decoded === 'number' && Array.isArray(value.differences)
}
