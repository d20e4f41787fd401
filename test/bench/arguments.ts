import { parseArgs } from 'node:util'

/** Arguments of `npm run bench`. */
export interface BenchArguments {
  readonly rounds: number
  /** Names of parts; undefined means all. */
  readonly only: readonly string[] | undefined
}

const defaultRounds = 3

/** Reads the command line. Throws if it is wrong. */
export function parseBenchArguments(args: readonly string[], partNames: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string' }, only: { type: 'string', multiple: true } },
  })
  const rounds = Number(values.rounds ?? defaultRounds)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a number from 1 on, not ${values.rounds}`)
  const unknown = values.only?.find((name) => !partNames.includes(name))
  if (unknown !== undefined) throw new Error(`--only takes ${partNames.join(', ')}, not ${unknown}`)
  return { rounds, only: values.only }
}
