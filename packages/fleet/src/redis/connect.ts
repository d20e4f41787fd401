import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { RedisConnection } from './connection.ts'
import { parseRedisUrl } from './parse-url.ts'
import { readServerInfo, type RedisServer } from './server-info.ts'
import { isReadOnly, translateRedisError } from './translate-error.ts'

/** An open connection to Redis. */
export interface OpenRedis extends AsyncDisposable {
  /**
   * The client. It reconnects by itself without a limit, and queues commands until it is connected. BullMQ shares it, and
   * duplicates it for blocking commands.
   */
  readonly client: Redis
  /** The server at the time of the first connection. */
  readonly server: RedisServer
  /** Asks the server about itself again. Another server may answer by then. */
  askServer(): Promise<RedisServer>
  /** `redis://HOST:PORT/DATABASE`, for messages. */
  readonly shown: string
  /** Returns the last error of the connection. */
  lastError(): unknown
  /** Closes the connection when all sent commands are answered, or at once if there is no connection. */
  close(): Promise<void>
}

/** Longest pause between two attempts to connect, in milliseconds. */
const longestPause = 5000

/** A server counts as away if it does not answer commands for this many milliseconds. */
const silentMs = 30_000

/**
 * For this many milliseconds after the first `READONLY` error, the client reconnects to look for a primary. After
 * `againMs` it may try that again.
 */
const leavingMs = 3000
const againMs = 30_000

/**
 * Connects to Redis, and checks the version of the server.
 * @throws {FleetError} with a `FLEET_REDIS_…` code, if the first attempt fails or the version is too old
 */
export async function connectRedis(connection: RedisConnection): Promise<OpenRedis> {
  const address = parseRedisUrl(connection)
  const client = new Redis({
    ...address.options,
    lazyConnect: true,
    connectTimeout: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(100 * 2 ** Math.min(tries, 10), longestPause) * (0.5 + Math.random() / 2),
    reconnectOnError: createReplicaLeaver(),
    // A stopped process or a broken network does not close the connection. The limit is longer than BullMQ's blocking commands.
    socketTimeout: silentMs,
  })
  let lastError: unknown
  const keepError = (error: unknown): void => void (lastError = error)
  // Without a listener the client prints its errors. `askRedis` passes them to the callers of commands.
  client.on('error', keepError)
  try {
    await client.connect()
    const askServer = async (): Promise<RedisServer> => readServerInfo(await client.info(), address.shown)
    return {
      client,
      server: await askServer(),
      askServer,
      shown: address.shown,
      lastError: () => lastError,
      close: async () => closeClient(client),
      [Symbol.asyncDispose]: async () => closeClient(client),
    }
  } catch (error) {
    client.disconnect()
    throw translateRedisError(lastError ?? error, address.shown)
  }
}

/**
 * Returns the function that tells ioredis whether to reconnect after an error. After a failover the client may still be
 * connected to the old primary, which is a replica now. The client then reconnects and sends the command again (2). If it
 * still finds a replica after `leavingMs`, the command fails.
 */
function createReplicaLeaver(): (error: Error) => 2 | false {
  let leftAt = -Infinity
  return (error) => {
    if (!isReadOnly(error)) return false
    const now = performance.now()
    if (now - leftAt > againMs) leftAt = now
    return now - leftAt < leavingMs ? 2 : false
  }
}

async function closeClient(client: Redis): Promise<void> {
  if (client.status !== 'ready') return client.disconnect()
  // If the connection breaks before the answer to QUIT, the answer never comes.
  const gone = once(client, 'close')
  await Promise.race([client.quit(), gone]).catch(() => undefined)
  client.disconnect()
}
