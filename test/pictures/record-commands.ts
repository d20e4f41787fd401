import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TerminalOutput } from './terminal-screen.ts'

/** Options of {@link recordCommands}. */
export interface RecordOptions {
  /** Folder in which the commands run. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Width of the terminal in characters. */
  readonly columns: number
  /** Returns the shell command that runs in place of a command line that is shown. */
  readonly runs: (line: string) => string
}

const millisecondsPerKey = 35
/** Milliseconds that a viewer has to read the output of a command. */
const pauseMs = 900

/**
 * Runs command lines one after the other on a new terminal, by `script` of util-linux. Returns everything that the terminal
 * shows: each line as if typed, then its output with the original timing.
 *
 * @throws {Error} if a command does not end with exit code 0
 */
export async function recordCommands(lines: readonly string[], options: RecordOptions): Promise<TerminalOutput[]> {
  const outputs: TerminalOutput[] = []
  let now = 0
  for (const line of lines) {
    outputs.push({ at: now, text: '\u{1B}[36m$\u{1B}[0m ' })
    for (const [index, key] of Array.from(line).entries())
      outputs.push({ at: now + (index + 1) * millisecondsPerKey, text: key })
    now += line.length * millisecondsPerKey + pauseMs / 3
    outputs.push({ at: now, text: '\r\n' })
    const written = await runOnTerminal(line, options)
    outputs.push(...written.map(({ at, text }) => ({ at: now + at, text })))
    now += (written.at(-1)?.at ?? 0) + pauseMs
    outputs.push({ at: now, text: '\r\n' })
  }
  return outputs
}

async function runOnTerminal(line: string, { cwd, env, columns, runs }: RecordOptions): Promise<TerminalOutput[]> {
  const command = `stty cols ${columns} rows 40; exec ${runs(line)}`
  const program = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const written: TerminalOutput[] = []
  let startedAt: number | undefined
  program.stdout.setEncoding('utf8')
  program.stdout.on('data', (text: string) => {
    // The start of Node.js is not shown: the picture is about the command.
    startedAt ??= performance.now()
    written.push({ at: performance.now() - startedAt, text })
  })
  const [exitCode] = await once(program, 'close')
  if (exitCode !== 0) throw new Error(`Cannot record \`${line}\`: it ended with exit code ${String(exitCode)}`)
  return written
}
