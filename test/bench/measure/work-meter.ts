import { writeSync } from 'node:fs'

/** Reports the CPU time of the work alone, without the start of the process, to the process that measures this one. */
export async function meterWork(work: () => Promise<void> | void): Promise<void> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  writeSync(3, `${JSON.stringify({ workCpuSeconds: (user + system) / 1e6 })}\n`)
}
