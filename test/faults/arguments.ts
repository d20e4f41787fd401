import { parseArgs } from 'node:util'

/** Arguments of `npm run faults`. */
export interface FaultsArguments {
  /** Small sizes and few rounds, for CI. */
  readonly isShort: boolean
  /** Kills of the scenarios that kill; undefined means their own number. */
  readonly rounds: number | undefined
  /** Names of scenarios; undefined means all. */
  readonly only: readonly string[] | undefined
}

/** Reads the command line. Throws if it is wrong. */
export function parseFaultsArguments(args: readonly string[], names: readonly string[]): FaultsArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
    },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && (!Number.isInteger(rounds) || rounds < 1))
    throw new Error(`--rounds takes a number from 1 on, not ${values.rounds}`)
  const unknown = values.only?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only takes ${names.join(', ')}, not ${unknown}`)
  return { isShort: values.short, rounds, only: values.only }
}
