import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { joinReports, type ReportedUsage } from './usage-reports.ts'

/** Time and memory of one process. */
export interface Usage extends ReportedUsage {
  /** From before its start to its end. */
  readonly wallSeconds: number
}

const reporter = new URL('report-usage.mjs', import.meta.url)

/** Runs a script in a new process and returns its time and memory. Throws if the script fails. */
export async function measureCommand(script: URL, parameters: readonly string[]): Promise<Usage> {
  const { exitCode, ...usage } = await measureEnded(script, parameters)
  if (exitCode !== 0) throw new Error(`Cannot measure ${script.pathname}: it ended with ${exitCode}`)
  return usage
}

/** The same, with the exit code. */
export async function measureEnded(
  script: URL,
  parameters: readonly string[],
): Promise<Usage & { readonly exitCode: number | null }> {
  const before = performance.now()
  const child = spawn(process.execPath, [`--import=${reporter.href}`, fileURLToPath(script), ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const reports: Buffer[] = []
  child.stdio[3]?.on('data', (chunk: Buffer) => reports.push(chunk))
  await once(child, 'close')
  const wallSeconds = (performance.now() - before) / 1000
  return { exitCode: child.exitCode, wallSeconds, ...joinReports(Buffer.concat(reports).toString(), child.pid ?? 0) }
}
