import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** What a run of the command left. */
export interface CliResult {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How to run the command. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Called once the process runs. */
  readonly onStart?: (child: ChildProcess) => void
  /** User to run it as: needs root. */
  readonly uid?: number
  /** Command that runs the command, such as `unshare`. */
  readonly wrapper?: readonly string[]
}

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

/** Runs `ahi-dicom` from its source in a process of its own, without any AWS set-up of this machine. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options)
  options.onStart?.(child)
  child.stdin?.end(options.input ?? '')
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')])
  return { exitCode: child.exitCode, stdout, stderr }
}

/** Starts `ahi-dicom` from its source in a process of its own. */
export function startCli(args: readonly string[], { env, uid, wrapper = [] }: CliOptions = {}): ChildProcess {
  const command = [...wrapper, process.execPath, '--conditions=@ahi-dicom/source', bin, ...args]
  return spawn(command[0] ?? '', command.slice(1), {
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      AWS_EC2_METADATA_DISABLED: 'true',
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...env,
    },
    stdio: 'pipe',
    ...(uid === undefined ? {} : { uid }),
  })
}

/** Resolves with what a stream has written once it contains `wanted`. */
export async function waitForText(stream: NodeJS.ReadableStream | null, wanted: string): Promise<string> {
  let seen = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  stream?.on('data', (chunk) => {
    seen += String(chunk)
    if (seen.includes(wanted)) resolve(seen)
  })
  stream?.on('end', () => reject(new Error(`ended without "${wanted}": ${seen}`)))
  return await promise
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? '' : await text(stream)
}
