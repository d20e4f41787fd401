import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

let workStart: NodeJS.CpuUsage | undefined
let workCpuSeconds = 0

/** Preloaded into measured processes: at their end their CPU time and peak memory go to file descriptor 3. */
if (isMainThread) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    const peakMegabytes = process.resourceUsage().maxRSS / 1000
    writeSync(3, JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMegabytes, workCpuSeconds }))
  })
}

/** Counts CPU time from here as work, not as start-up. */
export function startWork(): void {
  workStart = process.cpuUsage()
}

/** Ends what {@link startWork} began. */
export function endWork(): void {
  const { user, system } = process.cpuUsage(workStart)
  workCpuSeconds = (user + system) / 1e6
}
