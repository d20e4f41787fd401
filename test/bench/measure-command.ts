import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What one process took. */
export interface Usage {
  /** From before its start to its end. */
  readonly wallSeconds: number
  /** User and system time of all its threads. */
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  /** CPU seconds of the part between `measureWork`'s start and end; 0 where the process has no such part. */
  readonly workCpuSeconds: number
}

const reporter = new URL('report-usage.ts', import.meta.url)

/** Runs a script in a process of its own and says what it took. Throws when it fails. */
export async function measureCommand(script: URL, parameters: readonly string[]): Promise<Usage> {
  const { exitCode, ...usage } = await measureEnded(script, parameters)
  if (exitCode !== 0) throw new Error(`${script.pathname} ended with ${exitCode}`)
  return usage
}

/** The same, however it ends. */
export async function measureEnded(
  script: URL,
  parameters: readonly string[],
): Promise<Usage & { readonly exitCode: number | null }> {
  const before = performance.now()
  const child = spawn(process.execPath, [`--import=${reporter.href}`, fileURLToPath(script), ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const report: Buffer[] = []
  child.stdio[3]?.on('data', (chunk: Buffer) => report.push(chunk))
  await once(child, 'close')
  const wallSeconds = (performance.now() - before) / 1000
  return { exitCode: child.exitCode, wallSeconds, ...JSON.parse(Buffer.concat(report).toString()) }
}
