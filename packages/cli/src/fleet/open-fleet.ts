import { createFleet, type Fleet, type RedisConnection } from '@ahi-dicom/fleet'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { readPem } from '../options/pem-file.ts'
import type { RedisOptions } from '../options/redis-options.ts'

/** Opens the fleet of the options or the environment. Resolves once Redis has answered. */
export async function openFleet(options: RedisOptions, { env }: Pick<CommandContext, 'env'>): Promise<Fleet> {
  const fleet = createFleet({ connection: await connectionOf(options, env), prefix: options.redisPrefix })
  try {
    await fleet.server()
    return fleet
  } catch (error) {
    await fleet.close()
    throw error
  }
}

/** Logs settings of Redis that can lose jobs. */
export async function tellRedisWarnings(fleet: Fleet, { log }: Pick<CommandContext, 'log'>): Promise<void> {
  const { warnings } = await fleet.server()
  for (const { code, message } of warnings) log.warn(message, { event: 'redis-warning', code })
}

async function connectionOf(options: RedisOptions, env: NodeJS.ProcessEnv): Promise<RedisConnection> {
  const url = options.redis ?? env['AHI_DICOM_REDIS_URL'] ?? ''
  if (url === '') {
    throw new UsageError(
      'Cannot connect to Redis without its URL: give --redis redis://HOST:PORT, or set AHI_DICOM_REDIS_URL',
    )
  }
  const { redisUser, redisCa, redisCert, redisKey } = options
  const [ca, cert, key] = await Promise.all([
    readPem(redisCa, '--redis-ca'),
    readPem(redisCert, '--redis-cert'),
    readPem(redisKey, '--redis-key'),
  ])
  return { url, username: redisUser, password: env['AHI_DICOM_REDIS_PASSWORD'] || undefined, ca, cert, key }
}
