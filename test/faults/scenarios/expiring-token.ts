import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportAll } from '../command/export-all.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, holds, told } from '../figures/figure.ts'
import { expiringKeys, keepValidKey, validKey, type ExpiringKey } from '../server/expiring-keys.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const instances = 200
const keyCount = 200

/** Exports with keys that end after seconds: first with a program that gives new ones, then with one key alone. */
export const expiringTokenScenario: Scenario = {
  name: 'expiring-token',
  title: 'The session token expires, with a `credential_process` that gives a new one, and without',
  async run({ folder, isShort }) {
    const secondsOfKey = isShort ? 4 : 15
    const keys = expiringKeys(keyCount, secondsOfKey)
    await using server = await startServer({ keys })
    await server.addSynthetic({ imageSets: 2, instances: instances / 2, rows: 64, columns: 64 })
    await server.setFaults({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 500 } }] })
    using _renewing = keepValidKey(join(folder, 'key.json'), keys)
    const env = { HOME: await makeHome(folder) }
    const options = ['--concurrency', isShort ? '16' : '3']
    const [renewed, expired] = [join(folder, 'renewed'), join(folder, 'expired')]
    const through = await exportAll(server, renewed, { env, options })
    const stopped = await exportAll(server, expired, { env: environmentOf(validKey(keys)), options })
    await server.setFaults({ rules: [] })
    const resumed = await exportAll(server, expired, { env, options: ['--resume'] })
    return {
      figures: [
        told('time that a key lasts', secondsOfKey, 's'),
        told('time of the export', through.seconds, 's'),
        equals('renewed: exit code', through.exitCode, 0),
        ...(await verifiedFigures(renewed, instances)),
        equals('not renewed: exit code', stopped.exitCode, 7),
        holds('not renewed: the message says so', /expired/i.test(stopped.stderr), stopped.stderr),
        equals('exit code of `--resume` with another key', resumed.exitCode, 0),
        ...(await verifiedFigures(expired, instances)),
      ],
    }
  },
}

/** Writes a home whose default profile takes its keys from a program. */
async function makeHome(folder: string): Promise<string> {
  const home = join(folder, 'home')
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(join(home, '.aws/config'), `[default]\ncredential_process = cat ${join(folder, 'key.json')}\n`)
  return home
}

/** A key as environment variables: nothing renews it. */
function environmentOf({ accessKeyId, secretAccessKey, sessionToken = '' }: ExpiringKey): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken }
}
