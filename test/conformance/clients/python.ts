import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../json.ts'
import type { AwsClient, Connection, Outcome } from './client.ts'

/** boto3 in a separate process. */
export function boto3Client(connection: Connection): AwsClient {
  return pythonClient('boto3', 'boto3_client.py', connection)
}

/** The AWS CLI: its own code, started once rather than for every command, which would take a second each. */
export function awsCliClient(connection: Connection): AwsClient {
  return pythonClient('aws-cli', 'aws_cli_client.py', connection)
}

/** Settings of a user without an account: any keys, and no `runtime-` before the host. */
function environment({ endpoint, region }: Connection): NodeJS.ProcessEnv {
  const { env } = process
  if (endpoint === undefined) return { ...env, AWS_DEFAULT_REGION: region, AWS_MAX_ATTEMPTS: '10', AWS_PAGER: '' }
  return {
    ...env,
    AWS_ENDPOINT_URL_MEDICAL_IMAGING: endpoint,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
}

/** A script that answers each line of JSON with one. */
function pythonClient(name: 'boto3' | 'aws-cli', script: string, connection: Connection): AwsClient {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn('python3', [path], { env: environment(connection), stdio: 'pipe' })
  const exit = once(child, 'exit')
  const complaint = text(child.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async <Answer>(request: JsonObject): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${script} ended: ${await complaint}`)
    return JSON.parse(value)
  }
  return {
    name,
    send: (operation, input) => ask<Outcome>({ operation, input }),
    items: (operation, input, pageSize) => ask<readonly unknown[]>({ operation, input, pageSize }),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await exit
    },
  }
}
