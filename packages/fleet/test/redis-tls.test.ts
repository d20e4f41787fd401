import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFleet, type RedisConnection } from '../src/index.ts'
import { translateRedisError } from '../src/redis/translate-error.ts'
import { freePort, hasRedis, startRedis, type RedisServer } from './redis-server.ts'
import { firstImageSets, request, selecting } from './selections.ts'

const file = fileURLToPath(new URL('../../ahi-client/test/fixtures/localhost.pem', import.meta.url))
const pem = readFileSync(file, 'utf8')
const certificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))

describe.skipIf(!hasRedis)('a Redis with TLS', () => {
  let port: number
  let redis: RedisServer
  beforeAll(async () => {
    port = await freePort()
    const files = ['--tls-cert-file', file, '--tls-key-file', file, '--tls-ca-cert-file', file]
    redis = await startRedis('--tls-port', `${port}`, ...files, '--tls-auth-clients', 'no')
  })
  afterAll(async () => redis[Symbol.asyncDispose]())

  async function submitted(connection: Partial<RedisConnection>): Promise<unknown> {
    await using fleet = createFleet({ connection: { url: `rediss://127.0.0.1:${port}`, ...connection } })
    const submission = fleet.submit({ exporter: selecting(firstImageSets(10)), request, selectors: 'all' })
    return await submission.catch((error: unknown) => error)
  }

  test('is used if its certificate authority is trusted', async () => {
    expect(await submitted({ ca: certificate })).toMatchObject({ imageSets: 10 })
  })

  test('is refused without its certificate authority', async () => {
    expect(await submitted({})).toMatchObject({
      code: 'FLEET_REDIS_UNREACHABLE',
      message: expect.stringMatching(/^Cannot trust Redis at rediss:\/\/127/),
    })
  })

  test('is unreachable without TLS', async () => {
    expect(await submitted({ url: `redis://127.0.0.1:${port}` })).toMatchObject({ code: 'FLEET_REDIS_UNREACHABLE' })
  })

  test('may require a client certificate', async () => {
    await redis.client.config('SET', 'tls-auth-clients', 'yes')
    const own = { ca: certificate, cert: certificate, key: pem }
    expect(await submitted(own)).toMatchObject({ imageSets: 10 })
    // The server may close the connection before its alert is read, so either code is right.
    expect(await submitted({ ca: certificate })).toMatchObject({
      code: expect.stringMatching(/^FLEET_REDIS_(?:REFUSED|UNREACHABLE)$/),
      message: expect.stringMatching(/requires a client certificate/),
    })
    const alert = Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' })
    expect(translateRedisError(alert, 'rediss://here')).toMatchObject({ code: 'FLEET_REDIS_REFUSED' })
  })
})
