import { parseArgs } from 'node:util'
import { parseAccessKey } from '../access/parse-access-key.ts'
import type { EmulatorOptions } from '../emulator.ts'
import { loadFaultRules } from '../faults/load-fault-rules.ts'

/** The parsed command line. */
export interface EmulatorArguments {
  readonly help: boolean
  readonly version: boolean
  readonly json: boolean
  /** Files and folders to import. May be empty. */
  readonly import: readonly string[]
  readonly region: string | undefined
  /**
   * Returns the options of `startEmulator`. Reads the fault rules.
   * @throws {FaultRulesError} if the fault rules cannot be read
   */
  emulator(): Promise<EmulatorOptions>
}

const commandOptions = {
  data: { type: 'string' },
  import: { type: 'string', multiple: true },
  port: { type: 'string' },
  host: { type: 'string' },
  region: { type: 'string' },
  's3-endpoint': { type: 'string' },
  'access-key': { type: 'string', multiple: true },
  'bearer-token': { type: 'string', multiple: true },
  quotas: { type: 'boolean' },
  faults: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const

/**
 * Parses the arguments of `ahi-emulator`. Positional arguments are files and folders to import.
 * @throws {TypeError} if an argument is invalid
 */
export function readArguments(words: readonly string[]): EmulatorArguments {
  const { values, positionals } = parseArgs({ args: [...words], options: commandOptions, allowPositionals: true })
  const keys = (values['access-key'] ?? []).map(parseAccessKey)
  const bearerTokens = values['bearer-token'] ?? []
  const port = values.port === undefined ? undefined : readPort(values.port)
  const endpoint = values['s3-endpoint']
  const s3 = endpoint === undefined ? undefined : { endpoint: readUrl(endpoint) }
  const { host, region, quotas, faults } = values
  const data = values.data === undefined ? undefined : readFolder(values.data)
  return {
    help: values.help ?? false,
    version: values.version ?? false,
    json: values.json ?? false,
    import: [...(values.import ?? []), ...positionals],
    region,
    emulator: async () => ({
      data,
      port,
      host,
      region,
      s3,
      quotas,
      authentication: keys.length + bearerTokens.length === 0 ? undefined : { keys, bearerTokens },
      faults: faults === undefined ? undefined : await loadFaultRules(faults),
    }),
  }
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port >= 0 && port <= 65_535) return port
  throw new TypeError(`Expected --port to be a number from 0 to 65535, got \`${value}\``)
}

function readUrl(value: string): string {
  if (URL.canParse(value)) return value
  throw new TypeError(`Expected --s3-endpoint to be a URL, got \`${value}\``)
}

/** Rejects URLs, which would become folders of that name. One letter before a colon is a Windows drive. */
function readFolder(value: string): string {
  if (value !== '' && value !== '-' && !/^[a-z][a-z0-9+.-]+:/i.test(value)) return value
  throw new TypeError(`Expected --data to be the path of a folder, got \`${value}\``)
}
