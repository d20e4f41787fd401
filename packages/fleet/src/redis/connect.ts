import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { RedisConnection } from './connection.ts'
import { parseRedisUrl } from './parse-url.ts'
import { readServerInfo, type RedisServer } from './server-info.ts'
import { isReadOnly, translateRedisError } from './translate-error.ts'

/** An open connection to Redis. */
export interface OpenRedis extends AsyncDisposable {
  /**
   * Commands wait here while there is no connection; the client makes a new one by itself, again and again. BullMQ can
   * share it, and duplicates it where it waits for jobs.
   */
  readonly client: Redis
  readonly server: RedisServer
  /** Asks the server about itself again: it may be another one by now. */
  askServer(): Promise<RedisServer>
  /** `redis://HOST:PORT/DATABASE`, for messages. */
  readonly shown: string
  /** Returns the last error of the connection. */
  lastError(): unknown
  /** Closes the connection once the commands that were sent are answered; at once if there is no connection. */
  close(): Promise<void>
}

/** Longest wait between two tries to connect, in milliseconds. */
const longestPause = 5000

/** A server that leaves commands without an answer for so long is away, in milliseconds. */
const silentMs = 30_000

/** A replica is left for another server for so long, in milliseconds, and again after the second one. */
const leavingMs = 3000
const againMs = 30_000

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
    reconnectOnError: createReplicaLeaver(),
    // A server that is stopped, or a network that swallows all, closes nothing. Longer than BullMQ lets a command block.
    socketTimeout: silentMs,
  })
  let lastError: unknown
  const keepError = (error: unknown): void => void (lastError = error)
  // Without a listener the client prints its errors. Whoever waits for a command learns of them by `askRedis`.
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
 * After a failover the client may still talk to what is a replica now: it is to connect anew, and to send the command again.
 * Where it still finds a replica after a while, the command fails.
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
  // The connection may go meanwhile: then nobody answers.
  const gone = once(client, 'close')
  await Promise.race([client.quit(), gone]).catch(() => undefined)
  client.disconnect()
}
