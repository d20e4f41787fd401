import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFleet, type FleetErrorCode, type RedisConnection } from '../src/index.ts'
import { readServerInfo } from '../src/redis/server-info.ts'
import { freePort, hasRedis, startRedis, type RedisServer } from './redis-server.ts'
import { firstImageSets, request, selecting } from './selections.ts'

/** Returns the error of a fleet's first call, or the runs if it succeeds. */
async function errorOf(connection: RedisConnection): Promise<unknown> {
  await using fleet = createFleet({ connection })
  return await fleet.runs().catch((error: unknown) => error)
}

function fleetError(code: FleetErrorCode, message: RegExp): unknown {
  return expect.objectContaining({ name: 'FleetError', code, message: expect.stringMatching(message) })
}

describe.skipIf(!hasRedis)('a Redis that requires a password', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis('--requirepass', 'right', '--appendonly', 'yes')
  })
  afterAll(async () => redis[Symbol.asyncDispose]())

  test('refuses a wrong or missing password', async () => {
    const refused = fleetError('FLEET_REDIS_REFUSED', /^Cannot use Redis at redis:\/\/127\.0\.0\.1:\d+\/0: it refuses/)
    expect(await errorOf({ url: redis.url, password: 'wrong' })).toEqual(refused)
    expect(await errorOf({ url: redis.url, username: 'nobody', password: 'right' })).toEqual(refused)
    expect(await errorOf({ url: redis.url })).toEqual(refused)
  })

  test('accepts the right password, in the options or in the URL', async () => {
    expect(await errorOf({ url: redis.url, password: 'right' })).toEqual([])
    const { port } = redis
    expect(await errorOf({ url: `redis://:right@127.0.0.1:${port}` })).toEqual([])
    // The option takes precedence over the URL.
    expect(await errorOf({ url: `redis://:wrong@127.0.0.1:${port}`, password: 'right' })).toEqual([])
  })

  test('has no warnings if its settings are safe', async () => {
    await using fleet = createFleet({ connection: { url: redis.url, password: 'right' } })
    expect(await fleet.server()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/), warnings: [] })
  })
})

test.skipIf(!hasRedis)('a Redis that can lose jobs has warnings', async () => {
  await using redis = await startRedis('--maxmemory-policy', 'allkeys-lru')
  await using fleet = createFleet({ connection: { url: redis.url } })
  const { warnings } = await fleet.server()
  expect(warnings.map(({ code }) => code)).toEqual(['REDIS_EVICTS', 'REDIS_NOT_PERSISTENT'])
})

test.skipIf(!hasRedis)('a user without permission for INFO is refused', async () => {
  await using redis = await startRedis('--user', 'worker', 'on', '>secret', '~*', '+@all', '-info')
  const connection = { url: redis.url, username: 'worker', password: 'secret' }
  expect(await errorOf(connection)).toEqual(fleetError('FLEET_REDIS_REFUSED', /the user lacks permissions/))
})

test.skipIf(!hasRedis)('a replica is refused with an error that names the reason', async () => {
  await using primary = await startRedis()
  await using replica = await startRedis('--replicaof', '127.0.0.1', `${primary.port}`)
  await using fleet = createFleet({ connection: { url: replica.url } })
  const submission = fleet.submit({ exporter: selecting(firstImageSets(3)), request, selectors: 'all' })
  await expect(submission).rejects.toEqual(fleetError('FLEET_REDIS_REFUSED', /read-only replica; give the address/))
})

test('a server that does not run is unreachable, and the error does not show the password', async () => {
  const url = `redis://user:secret@127.0.0.1:${await freePort()}`
  const error = await errorOf({ url })
  expect(error).toEqual(fleetError('FLEET_REDIS_UNREACHABLE', /^Cannot reach Redis at redis:\/\/127.*ECONNREFUSED/))
  expect(String(error)).not.toContain('secret')
})

test('a server without TLS is unreachable by rediss://', async () => {
  const server = createServer((socket) => socket.end('-ERR no TLS here\r\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  expect(await errorOf({ url: `rediss://127.0.0.1:${port}` })).toMatchObject({ code: 'FLEET_REDIS_UNREACHABLE' })
  server.close()
})

test('a Redis before 6.2 is refused', async () => {
  await using old = await serveInfo('# Server\r\nredis_version:5.0.0\r\n')
  const url = `redis://127.0.0.1:${old.port}`
  expect(await errorOf({ url })).toEqual(
    fleetError('FLEET_REDIS_TOO_OLD', /its version is 5\.0\.0; Redis 6\.2 or newer, or Valkey, is needed$/),
  )
})

/** Starts a server that answers only INFO. */
async function serveInfo(info: string) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      // Each command starts with the number of its parts.
      const names = data.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)
      for (const [, name = ''] of names) {
        const isInfo = name.toLowerCase() === 'info'
        const unknown = `-ERR unknown command \`${name}\`, with args beginning with: \r\n`
        socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : unknown)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

test.each(['6.2.0', '7.0.15', '10.0.0'])('version %s is accepted', (version) => {
  expect(readServerInfo(`redis_version:${version}\r\n`, 'redis://here')).toEqual({ version, warnings: [] })
})

test.each(['6.0.16', '5.0.14', '', 'x'])("version '%s' is refused", (version) => {
  const read = (): unknown => readServerInfo(`redis_version:${version}\r\n`, 'redis://here')
  expect(read).toThrow(expect.objectContaining({ code: 'FLEET_REDIS_TOO_OLD' }))
})

test.each([
  'http://127.0.0.1',
  'redis://',
  'redis://127.0.0.1/x',
  'redis://127.0.0.1/0/1',
  'redis://:%zz@127.0.0.1',
  'secret-thing',
])('the URL %s is refused, and not shown', async (url) => {
  const error = await errorOf({ url })
  expect(error).toMatchObject({ code: 'FLEET_REDIS_URL_MALFORMED' })
  expect(String(error)).not.toContain('secret')
})

test('certificates need TLS, and a client certificate needs its key', async () => {
  expect(await errorOf({ url: 'redis://127.0.0.1', ca: 'PEM' })).toMatchObject({ code: 'FLEET_REDIS_URL_MALFORMED' })
  expect(await errorOf({ url: 'rediss://127.0.0.1', cert: 'PEM' })).toMatchObject({ code: 'FLEET_REDIS_URL_MALFORMED' })
})
