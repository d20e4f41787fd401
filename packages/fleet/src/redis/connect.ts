import { Redis } from 'ioredis'
import type { RedisConnection } from './connection.ts'
import { parseRedisUrl } from './parse-url.ts'
import { readServerInfo, type RedisServer } from './server-info.ts'
import { translateRedisError } from './translate-error.ts'

/** An open connection to Redis. */
export interface OpenRedis extends AsyncDisposable {
  /**
   * Commands wait here while there is no connection; the client makes a new one by itself, again and again. BullMQ can
   * share it, and duplicates it where it waits for jobs.
   */
  readonly client: Redis
  readonly server: RedisServer
  /** `redis://HOST:PORT/DATABASE`, for messages. */
  readonly shown: string
  /** Returns the last error of the connection. */
  lastError(): unknown
  /** Closes the connection once the commands that were sent are answered; at once if there is no connection. */
  close(): Promise<void>
}

/** Longest wait between two tries to connect, in milliseconds. */
const longestPause = 5000

/**
 * Connects, and checks that the server will do.
 * @throws {FleetError} of the codes `FLEET_REDIS_…`; the first try must succeed
 */
export async function connectRedis(connection: RedisConnection): Promise<OpenRedis> {
  const address = parseRedisUrl(connection)
  const client = new Redis({
    ...address.options,
    lazyConnect: true,
    connectTimeout: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(100 * 2 ** Math.min(tries, 10), longestPause) * (0.5 + Math.random() / 2),
    // After a failover the client may still talk to what is a replica now.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  })
  let lastError: unknown
  const keepError = (error: unknown): void => void (lastError = error)
  // Without a listener the client prints its errors. Whoever waits for a command learns of them by `askRedis`.
  client.on('error', keepError)
  try {
    await client.connect()
    const server = readServerInfo(await client.info(), address.shown)
    return {
      client,
      server,
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

async function closeClient(client: Redis): Promise<void> {
  if (client.status !== 'ready') return client.disconnect()
  // The connection may go while it is closed; then it is closed too.
  await client.quit().catch(() => client.disconnect())
}
