import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { watchPeakMemory } from './peak-memory.ts'

/** How the command is run. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  /** User to run it as: needs root. */
  readonly uid?: number | undefined
}

/** Result of a run of the command. */
export interface CommandResult {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** 0 if the system does not tell. */
  readonly peakMegabytes: number
}

/** The command while it runs. */
export interface RunningCommand {
  readonly ended: Promise<CommandResult>
  /** Ends the process at once, as a crash does. */
  kill(): void
  /** Asks the process to end (SIGTERM). */
  stop(): void
  /** Returns the text on standard error so far. */
  said(): string
}

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url))

/** Runs the built command to its end. */
export async function runCommand(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return await startCommand(args, options).ended
}

/** Starts the built command in a new process, without the AWS configuration of this machine. */
export function startCommand(args: readonly string[], { env, uid }: CommandOptions = {}): RunningCommand {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, ...args, '--no-progress'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: 'true', ...env },
    ...(uid === undefined ? {} : { uid }),
  })
  const peakMegabytes = watchPeakMemory(child)
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (written[name] += text))
  return {
    ended: once(child, 'close').then(() => ({
      exitCode: child.exitCode,
      ...written,
      seconds: (performance.now() - startedAt) / 1000,
      peakMegabytes: peakMegabytes(),
    })),
    kill: () => void child.kill('SIGKILL'),
    stop: () => void child.kill('SIGTERM'),
    said: () => written.stderr,
  }
}
