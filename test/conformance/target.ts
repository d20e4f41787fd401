import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { ClientName, Connection } from './clients/client.ts'
import { startS3 } from './local-s3.ts'
import { inputFiles } from './input-files.ts'

/** The service that the suite talks to, and what import jobs need there. */
export interface Target extends Connection, AsyncDisposable {
  readonly datastoreId: string
  readonly dataAccessRoleArn: string
  /** Ends with a slash; the files of a client are in a folder of its name. */
  readonly inputS3Uri: string
  readonly outputS3Uri: string
  /** Time between two polls of a running job, in milliseconds. */
  readonly pollMs: number
}

/** An emulator, with a local S3 that has the files. */
export async function localTarget(clients: readonly ClientName[]): Promise<Target> {
  const data = await mkdtemp(join(tmpdir(), 'ahi-conformance-'))
  const s3 = await startS3('studies')
  for (const client of clients) {
    for (const { name, bytes } of inputFiles(client)) await s3.put(`input/${client}/${name}`, bytes)
  }
  const emulator = await startEmulator({ data, s3: { endpoint: s3.endpoint } })
  return {
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    datastoreId: emulator.datastoreId,
    dataAccessRoleArn: 'arn:aws:iam::123456789012:role/importer',
    inputS3Uri: 's3://studies/input/',
    outputS3Uri: 's3://studies/output/',
    pollMs: 10,
    async [Symbol.asyncDispose]() {
      await emulator.close()
      await s3.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/**
 * The service that the environment names.
 * @throws {TypeError} where it says too little
 */
export function remoteTarget(): Target {
  return {
    endpoint: process.env['REMOTE_ENDPOINT_URL'],
    region: required('REMOTE_REGION'),
    datastoreId: required('REMOTE_DATASTORE_ID'),
    dataAccessRoleArn: required('REMOTE_ROLE_ARN'),
    inputS3Uri: required('REMOTE_INPUT_S3_URI'),
    outputS3Uri: required('REMOTE_OUTPUT_S3_URI'),
    pollMs: 500,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function required(name: string): string {
  const { [name]: value = '' } = process.env
  if (value === '') throw new TypeError(`Expected the environment variable ${name}: see test/conformance/README.md`)
  return value
}
