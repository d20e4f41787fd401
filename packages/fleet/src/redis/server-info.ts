import { FleetError, shown } from '../errors.ts'

/** Something about the server that can lose jobs. */
export interface RedisWarning {
  readonly code: 'REDIS_EVICTS' | 'REDIS_NOT_PERSISTENT'
  readonly message: string
}

/** What a server says of itself. */
export interface RedisServer {
  /** The version of Redis, or that of Redis which another server is like. */
  readonly version: string
  readonly warnings: readonly RedisWarning[]
  /** Identifies one process of the server. Another one may know less than the one before it. Undefined: it is not told. */
  readonly processId?: string | undefined
}

/** BullMQ runs with older ones, but without commands that it needs to be quick and sure. */
const oldest = [6, 2] as const

/**
 * Reads the answer of `INFO`. What it does not tell is not warned about.
 * @throws {FleetError} `FLEET_REDIS_TOO_OLD`
 */
export function readServerInfo(info: string, server: string): RedisServer {
  const lines = info.split(/\r?\n/).map((line) => /^([a-z_]+):(.*)$/.exec(line))
  const values = new Map(lines.map((match) => [match?.[1] ?? '', match?.[2] ?? '']))
  const version = values.get('redis_version') ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (!(major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))) {
    throw new FleetError(
      'FLEET_REDIS_TOO_OLD',
      `Cannot use Redis at ${server}: its version is ${version === '' ? 'not told' : shown(version)}; Redis ${oldest.join('.')} or newer, or Valkey, is needed`,
    )
  }
  const warnings: RedisWarning[] = []
  const policy = values.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `Redis at ${server} drops keys when its memory is used up (maxmemory-policy ${shown(policy)}), and so jobs: set noeviction`
    warnings.push({ code: 'REDIS_EVICTS', message })
  }
  if (values.get('aof_enabled') === '0') {
    const message = `Redis at ${server} keeps no append-only file (appendonly no): jobs are lost if it restarts; set appendonly yes`
    warnings.push({ code: 'REDIS_NOT_PERSISTENT', message })
  }
  return { version: shown(version), warnings, processId: values.get('run_id') }
}
