import type { ConnectionOptions } from 'node:tls'
import { FleetError } from '../errors.ts'
import type { RedisConnection } from './connection.ts'

/** The address of a Redis server, as options of the client and as text for messages. */
export interface RedisAddress {
  readonly options: {
    readonly host: string
    readonly port: number
    readonly db: number
    readonly username: string | undefined
    readonly password: string | undefined
    readonly tls?: ConnectionOptions
  }
  /** `redis://HOST:PORT/DATABASE`, without user and password. */
  readonly shown: string
}

/**
 * Parses the URL and the other options of a connection.
 * @throws {FleetError} `FLEET_REDIS_URL_MALFORMED`. The message does not show the URL, because it may contain a password
 */
export function parseRedisUrl(connection: RedisConnection): RedisAddress {
  const url = URL.canParse(connection.url) ? new URL(connection.url) : undefined
  const isTls = url?.protocol === 'rediss:'
  const database = /^\/?(\d{0,5})$/.exec(url?.pathname ?? '')?.[1]
  if (url === undefined || database === undefined || url.hostname === '' || (!isTls && url.protocol !== 'redis:')) {
    throw malformed('write it as redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE')
  }
  const { ca, cert, key } = connection
  if (!isTls && (ca ?? cert ?? key) !== undefined) {
    throw malformed('certificates need a connection with TLS; write rediss:// instead of redis://')
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw malformed('a client certificate and its key have to be given together')
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? 6379 : Number(url.port)
  const db = Number(database)
  return {
    shown: `${url.protocol}//${url.hostname}:${port}/${db}`,
    options: {
      host,
      port,
      db,
      username: textOf(connection.username ?? decoded(url.username)),
      password: textOf(connection.password ?? decoded(url.password)),
      ...(isTls ? { tls: present({ ca, cert, key }) } : {}),
    },
  }
}

/** Returns the members that have a value. */
function present(members: Readonly<Record<string, string | undefined>>): ConnectionOptions {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function textOf(text: string): string | undefined {
  return text === '' ? undefined : text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('a percent sign in its user or password is not followed by two hexadecimal digits; write % as %25')
  }
}

function malformed(why: string): FleetError {
  return new FleetError('FLEET_REDIS_URL_MALFORMED', `Cannot use the URL of Redis: ${why}`)
}
