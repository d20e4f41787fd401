import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Exit code and output of a run of the command. */
export interface CliResult {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Options of a run. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input. Default: empty. */
  readonly input?: string
  /** Working folder. Default: the working folder of this process. */
  readonly cwd?: string
  /** User to run the command as. Requires root. */
  readonly uid?: number
  /** Module of the command. Default: the built one. */
  readonly module?: string
  /** Command that runs the command, such as `unshare`. */
  readonly wrapper?: readonly string[]
}

/** A running command. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams
  readonly result: Promise<CliResult>
  /** Resolves with the standard output so far, once `text` was written to either stream. */
  readonly saw: (wanted: string) => Promise<string>
}

const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** Runs the built `ahi-dicom` in a new process, without this machine's AWS configuration. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await startCli(args, options).result
}

/** Starts the built `ahi-dicom` in a new process. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawnCli(args, options)
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      child.emit('written')
    })
  }
  child.stdin.on('error', () => {}).end(options.input ?? '')
  return {
    child,
    result: once(child, 'close').then(() => ({ exitCode: child.exitCode, ...written })),
    async saw(wanted) {
      while (!(written.stdout + written.stderr).includes(wanted)) await once(child, 'written')
      return written.stdout
    },
  }
}

function spawnCli(
  args: readonly string[],
  { env, cwd, uid, module = bin, wrapper = [] }: CliOptions,
): ChildProcessWithoutNullStreams {
  const [program = '', ...rest] = [...wrapper, process.execPath, module, ...args]
  return spawn(program, rest, {
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
    ...(uid === undefined ? {} : { uid }),
    ...(cwd === undefined ? {} : { cwd }),
  })
}
