import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** Returns the current load of the machine. It includes the load of the bench itself. */
export function loadText(): string {
  return loadavg()
    .slice(0, 2)
    .map((value) => value.toFixed(1))
    .join(', ')
}

/** The commit and the machine, in a sentence each. */
export function machineText(): string {
  const memory = `${Math.round(totalmem() / 1e9)} GB`
  const processor = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`
  return `Commit ${commit()}. ${processor}, ${memory}, ${type()} ${release()}, Node.js ${process.version}.`
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
