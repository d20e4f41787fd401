import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Emulator } from '@ahi-dicom/ahi-emulator'

const run = promisify(execFile)

export const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url))

/** The emulator takes any. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

interface StartOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the start script of an example as a user does and returns its output. */
export async function start(example: string, { args = [], env = {} }: StartOptions = {}): Promise<string> {
  const cwd = join(examplesFolder, example)
  const own = { AHI_DATASTORE_ID: '', AHI_STUDY_INSTANCE_UID: '', ...env }
  const { stdout } = await run('npm', ['start', '--silent', '--', ...args], { cwd, env: { ...process.env, ...own } })
  return stdout
}

/** Returns environment variables that let an example read an emulator's data store. */
export function environmentOf({ endpoint, datastoreId }: Emulator): Record<string, string> {
  return {
    AHI_DATASTORE_ID: datastoreId,
    AWS_ENDPOINT_URL_MEDICAL_IMAGING: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
}
