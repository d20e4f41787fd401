import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { recordNames } from '@ahi-dicom/export-files'
import { s3Destination } from '@ahi-dicom/exporter-s3'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts'
import { missingServer, s3Credentials, s3Servers, type S3Server } from './s3-servers.ts'
import { mustSkip } from './tools.ts'

/** Kills of each server. `BUCKET_KILLS=20` is the whole test, which takes minutes. */
const kills = Number(process.env['BUCKET_KILLS'] ?? 3)
/** Servers whose faults are tried: moto takes three times as long. */
const isWhole = process.env['BUCKET_KILLS'] !== undefined
const prefix = 'pre fix/ü'

let folder: string
let emulator: Emulator
/** SHA-256 of the files of an export to a folder, by path. */
let expected: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-bucket-'))
  emulator = await startEmulator({})
  const study = generateStudy({ ctSlices: 24, ultrasoundFrames: 0 })
  await emulator.importDicom(Array.from(study, ({ data }) => data))
  // Uploaded in parts.
  await emulator.addSyntheticImageSets({ imageSets: 2, frames: 24 })
  const out = join(folder, 'export')
  const { exitCode, said } = await run(['export', '--all', '--out', out])
  if (exitCode !== 0) throw new Error(said)
  expected = await digestsOf(out)
})

afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

/** Options of the command and the expected objects, by server. S3Mock lacks roles and keys of KMS, and keeps tags encoded. */
const filesOf: Readonly<
  Record<string, { readonly options: readonly string[]; readonly settings: Partial<BucketObject> }>
> = {
  moto: {
    options: [
      '--out-role=arn:aws:iam::123456789012:role/exporter',
      '--out-storage-class=STANDARD_IA',
      '--out-sse=aws:kms',
      '--out-kms-key=alias/export',
      '--out-tag=a=b c',
      '--out-tag=d=e=f',
    ],
    settings: {
      encryption: 'aws:kms',
      keyId: 'alias/export',
      storageClass: 'STANDARD_IA',
      tags: { a: 'b c', d: 'e=f' },
    },
  },
  S3Mock: { options: ['--out-sse=AES256', '--out-tag=a=b'], settings: { tags: { a: 'b' } } },
}

// Tests of the two servers run beside each other: each waits for its server most of the time.
describe.concurrent.each(Object.keys(s3Servers))('a bucket of %s', (name) => {
  const requirements = {
    commands: [name === 'S3Mock' ? 'java' : 'moto_server'],
    pythonModules: ['boto3'],
  }
  const missing = missingServer(name)
  const excuse = process.env['CI'] === undefined ? missing : undefined
  const isSkipped = mustSkip(`a bucket of ${name}`, { ...requirements, excuse })

  describe.skipIf(isSkipped)('takes an export', { concurrent: false }, () => {
    let server: S3Server
    let proxy: CountingProxy
    const running = new AsyncDisposableStack()
    let buckets = 0

    beforeAll(async () => {
      const start = s3Servers[name]
      if (start === undefined || missing !== undefined)
        throw new Error(`Cannot start ${name}: ${missing}; run test/tools/install.sh`)
      server = running.use(await start())
      proxy = running.use(await startCountingProxy(server.endpoint))
    })

    afterAll(async () => {
      await running.disposeAsync()
    })

    async function newBucket(): Promise<string> {
      const bucket = `bucket-${(buckets += 1)}`
      const { endpoint } = server
      const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: s3Credentials })
      await client.send(new CreateBucketCommand({ Bucket: bucket }))
      client.destroy()
      return bucket
    }

    /** Keys of the files that the record in a bucket names. */
    async function recordedKeys(bucket: string): Promise<readonly string[]> {
      const { endpoint } = server
      const { record } = s3Destination({ bucket, prefix, endpoint, region: 'us-east-1', credentials: s3Credentials })
      const chunks: Uint8Array[] = []
      for await (const chunk of (await record.read(recordNames.manifest)) ?? []) chunks.push(chunk)
      const lines = Buffer.concat(chunks).toString().split('\n')
      return lines.flatMap((line) => {
        const { path }: { readonly path?: string } = line === '' ? {} : JSON.parse(line)
        return path === undefined ? [] : [`${prefix}/${path}`]
      })
    }

    /** Returns what a bucket says of the files. */
    async function requireExport(bucket: string): Promise<readonly BucketObject[]> {
      const { objects, uploads } = await readBucket(server.endpoint, bucket)
      const files = Object.entries(objects).filter(([key]) => !key.startsWith(`${prefix}/.ahi-dicom/`))
      expect(Object.fromEntries(files.map(([key, { sha256 }]) => [key.slice(prefix.length + 1), sha256]))).toEqual(
        expected,
      )
      expect(new Set(files.map(([, { mediaType }]) => mediaType))).toEqual(new Set(['application/dicom']))
      expect(uploads).toEqual([])
      const left = Object.keys(objects).filter((key) => /\/(?:uploads|check)\/|\.lock$/u.test(key))
      expect(left).toEqual([])
      return files.map(([, file]) => file)
    }

    test('takes every file as a folder does, and is verified by checksums and by reading', async () => {
      const bucket = await newBucket()
      const out = `s3://${bucket}/${prefix}`
      const { options, settings } = filesOf[name] ?? {}
      const keyIds = new Set<string | undefined>()
      proxy.onRequest = ({ method, headers }) => {
        if (method === 'PUT') keyIds.add(/Credential=([^/]*)/u.exec(headers.authorization ?? '')?.[1])
        return false
      }
      const before = proxy.written.length
      const exported = await run(['export', '--all', '--out', out, ...(options ?? [])], proxy)
      proxy.onRequest = () => false
      expect(exported).toMatchObject({ exitCode: 0 })
      // The record needs few requests besides the files.
      expect(proxy.written.length - before).toBeLessThan(Object.keys(expected).length + 30)
      const files = await requireExport(bucket)
      for (const file of files) expect(file).toMatchObject(settings ?? {})
      expect(keyIds.has(s3Credentials.accessKeyId)).toBe(options?.[0]?.startsWith('--out-role') !== true)
      expect(await run(['verify', '--fast', out], proxy)).toMatchObject({ exitCode: 0 })
      if (name === 'moto' && !isWhole) return
      expect(await run(['ping', out], proxy)).toMatchObject({ exitCode: 0 })
      expect(await run(['verify', out], proxy)).toMatchObject({ exitCode: 0 })
      expect(await run(['sync', '--out', out], proxy)).toMatchObject({ exitCode: 0 })
    })

    test.runIf(isWhole || name !== 'moto')(
      `is the same after ${kills} kills, and nothing that was recorded is uploaded twice`,
      async () => {
        const bucket = await newBucket()
        const out = `s3://${bucket}/${prefix}`
        const random = numbers(name.length)
        for (let kill = 0; kill < kills; kill += 1) {
          const recorded = new Set(await recordedKeys(bucket))
          const written = proxy.written.length
          await runAndKill(['export', '--all', '--resume', '--out', out], proxy, 1 + Math.floor(random() * 60))
          expect(proxy.written.slice(written).filter((key) => recorded.has(key))).toEqual([])
        }
        const recorded = new Set(await recordedKeys(bucket))
        const written = proxy.written.length
        expect(await run(['export', '--all', '--resume', '--out', out], proxy)).toMatchObject({ exitCode: 0 })
        expect(proxy.written.slice(written).filter((key) => recorded.has(key))).toEqual([])
        await requireExport(bucket)
      },
    )

    test.runIf(isWhole || name !== 'moto')(
      'is full in spite of throttling and connections that are cut in the middle of a part',
      async () => {
        const bucket = await newBucket()
        const out = `s3://${bucket}/${prefix}`
        let count = 0
        proxy.onRequest = (request, response) => {
          count += 1
          if (request.method !== 'PUT' || count % 11 > 1) return false
          if (count % 11 === 0) {
            response.writeHead(503, { 'content-type': 'application/xml', connection: 'close' })
            response.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>')
          } else request.once('data', () => request.socket.resetAndDestroy())
          return true
        }
        const result = await run(['export', '--all', '--out', out], proxy)
        proxy.onRequest = () => false
        expect(result).toMatchObject({ exitCode: 0 })
        await requireExport(bucket)
      },
    )

    test('that is not there is said to be missing', async () => {
      const { exitCode, said } = await run(['export', '--all', '--out', 's3://no-such-bucket/x'], proxy)
      expect({ exitCode, said }).toMatchObject({
        exitCode: 7,
        said: expect.stringContaining('the bucket does not exist'),
      })
    })
  })
})

interface RunResult {
  readonly exitCode: number | null
  readonly said: string
}

const bin = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))

function commandOf(
  args: readonly string[],
  proxy: CountingProxy | undefined,
): readonly [readonly string[], NodeJS.ProcessEnv] {
  const isOfData = !['verify', 'ping'].includes(args[0] ?? '')
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint,
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...(isOfData && { AHI_DATASTORE_ID: emulator.datastoreId }),
    ...(proxy !== undefined && { AWS_ENDPOINT_URL_S3: proxy.endpoint, AWS_ENDPOINT_URL_STS: proxy.endpoint }),
  }
  return [['--conditions=@ahi-dicom/source', bin, ...args, '--no-progress'], env]
}

async function run(args: readonly string[], proxy?: CountingProxy): Promise<RunResult> {
  const [all, env] = commandOf(args, proxy)
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  return { exitCode: child.exitCode, said }
}

/** Runs the command until so many requests have gone to the server, or until it ends by itself. */
async function runAndKill(args: readonly string[], proxy: CountingProxy, requests: number): Promise<void> {
  const [all, env] = commandOf(args, proxy)
  const child = spawn(process.execPath, all, { stdio: 'ignore', env })
  let left = requests
  proxy.onRequest = () => {
    left -= 1
    if (left === 0) child.kill('SIGKILL')
    return false
  }
  await once(child, 'close')
  proxy.onRequest = () => false
}

interface BucketObject {
  readonly sha256: string
  readonly mediaType: string
  readonly encryption: string | null
  readonly keyId: string | null
  readonly storageClass: string | null
  readonly tags: Readonly<Record<string, string>>
}

interface BucketContent {
  readonly objects: Readonly<Record<string, BucketObject>>
  readonly uploads: readonly string[]
}

async function readBucket(endpoint: string, bucket: string): Promise<BucketContent> {
  const program = fileURLToPath(new URL('read_bucket.py', import.meta.url))
  const { stdout } = await promisify(execFile)('python3', [program, endpoint, bucket], { maxBuffer: 2 ** 24 })
  return JSON.parse(stdout)
}

async function digestsOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => join(entry.parentPath, entry.name))
  const digests: Record<string, string> = {}
  for (const path of paths) {
    digests[relative(directory, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return digests
}

/** Returns numbers from 0 to 1 that a seed decides. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
