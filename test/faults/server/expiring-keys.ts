import { renameSync, writeFileSync } from 'node:fs'
import type { ServerOptions } from './server-process.ts'

const leastMs = 1500

/** A key that a server takes until it expires. */
export type ExpiringKey = NonNullable<ServerOptions['keys']>[number]

/** Returns temporary keys. Each expires this many seconds after the previous one. */
export function expiringKeys(count: number, seconds: number): readonly ExpiringKey[] {
  const startedAt = Date.now()
  return Array.from({ length: count }, (_, index) => ({
    accessKeyId: `AKIDTEST${index}`,
    secretAccessKey: `secret-${index}`,
    sessionToken: `token-${index}`,
    expiration: startedAt + (index + 1) * seconds * 1000,
  }))
}

/** Returns a key that stays valid for a while, so that a request signed with it arrives in time. */
export function validKey(keys: readonly ExpiringKey[]): ExpiringKey {
  const key = keys.find(({ expiration }) => expiration > Date.now() + leastMs)
  if (key === undefined) throw new Error('All keys are expired')
  return key
}

/** Keeps a valid key in a file, as a `credential_process` prints it, until it is disposed. */
export function keepValidKey(path: string, keys: readonly ExpiringKey[]): Disposable {
  writeKey(path, validKey(keys))
  const timer = setInterval(() => writeKey(path, validKey(keys)), leastMs / 3)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function writeKey(path: string, { accessKeyId, secretAccessKey, sessionToken, expiration }: ExpiringKey): void {
  const text = JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiration).toISOString(),
  })
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
