import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

const intervalMs = 100

/**
 * Returns a function that gives the most memory that a process has taken so far, in megabytes. It reads VmHWM of Linux,
 * which is a peak itself: only the last moments before the end can be missed.
 */
export function watchPeakMemory(child: ChildProcess): () => number {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid))
  }, intervalMs)
  child.once('exit', () => clearInterval(timer))
  return () => peak
}

function peakOf(pid: number | undefined): number {
  try {
    const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return (Number(kibibytes) * 1024) / 1e6
  } catch {
    return 0
  }
}
