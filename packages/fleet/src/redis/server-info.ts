import { FleetError, shown } from '../errors.ts'

/** A setting of the server that can lose jobs. */
export interface RedisWarning {
  readonly code: 'REDIS_EVICTS' | 'REDIS_NOT_PERSISTENT'
  readonly message: string
}

/** A Redis server, as it describes itself. */
export interface RedisServer {
  /** The version of Redis. For other servers such as Valkey, the version of Redis that they are compatible with. */
  readonly version: string
  readonly warnings: readonly RedisWarning[]
  /**
   * Identifies the process of the server. If it changes, the server was restarted or replaced and may have lost data.
   * Undefined if the server does not tell it.
   */
  readonly processId?: string | undefined
}

/** The oldest supported version. BullMQ runs on older ones, but lacks commands there that make it fast and reliable. */
const oldest = [6, 2] as const

/**
 * Parses the answer of `INFO`. Settings that are missing in it cause no warnings.
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
      `Cannot use Redis at ${server}: its version is ${version === '' ? 'unknown' : shown(version)}; Redis ${oldest.join('.')} or newer, or Valkey, is needed`,
    )
  }
  const warnings: RedisWarning[] = []
  const policy = values.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `Redis at ${server} evicts keys when its memory is full (maxmemory-policy ${shown(policy)}), so jobs can be lost; set maxmemory-policy noeviction`
    warnings.push({ code: 'REDIS_EVICTS', message })
  }
  if (values.get('aof_enabled') === '0') {
    const message = `Redis at ${server} keeps no append-only file (appendonly no), so jobs are lost if it restarts; set appendonly yes`
    warnings.push({ code: 'REDIS_NOT_PERSISTENT', message })
  }
  return { version: shown(version), warnings, processId: values.get('run_id') }
}
