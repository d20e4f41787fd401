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
  const before = performance.now()
  const child = spawn(process.execPath, [`--import=${reporter.href}`, fileURLToPath(script), ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const report: Buffer[] = []
  child.stdio[3]?.on('data', (chunk: Buffer) => report.push(chunk))
  const [code] = await once(child, 'close')
  const wallSeconds = (performance.now() - before) / 1000
  if (code !== 0) throw new Error(`${script.pathname} ended with ${code}`)
  return { wallSeconds, ...JSON.parse(Buffer.concat(report).toString()) }
}
