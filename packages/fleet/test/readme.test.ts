import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { startFakeS3 } from '../../exporter-s3/test/fake-s3.ts'
import { hasRedis, startRedis } from './redis-server.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${folder}README.md`, 'utf8')
const examples = [...readme.matchAll(/^```js\n(.*?)^```/gmsu)].map(([, code = '']) => code)

/** Both examples in one module: each name is imported once. */
const lines = examples
  .join('')
  .replaceAll(/^export /gm, '')
  .split('\n')
const code = lines.filter((line, index) => !line.startsWith('import ') || lines.indexOf(line) === index).join('\n')

test.skipIf(!hasRedis)('the code of the README submits a data store and exports it to a bucket', async () => {
  await using redis = await startRedis()
  await using s3 = await startFakeS3()
  const emulator = await startEmulator()
  try {
    await emulator.addSyntheticImageSets({ imageSets: 3, instances: 2, rows: 8, columns: 8 })
    const connection = JSON.stringify({ url: redis.url })
    const program = `${code}
await submitDataStore(${JSON.stringify(emulator.datastoreId)}, ${connection})
await using fleet = createFleet({ connection: ${connection} })
const { jobs } = await workUntilEmpty(fleet)
console.log(jobs + ' jobs')`
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    }
    const args = ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
    expect(stdout).toMatch(/^run [0-9a-f]{16}: added 3 image sets$/m)
    expect(stdout).toMatch(/^complete\n3 jobs$/m)
    expect([...s3.objects.keys()].filter((key) => key.endsWith('.dcm'))).toHaveLength(6)
  } finally {
    await emulator.close()
  }
})
