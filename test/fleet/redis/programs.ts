import { spawnSync } from 'node:child_process'

/** Programs that the parts need, with the package of Debian. */
const needed = { 'redis-server': 'redis-server', 'redis-cli': 'redis-tools' }

/** Returns whether a program is installed. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Why parts that need a Redis cannot run here; undefined where they can.
 * @throws {Error} where `CI` is set: there test/tools/install.sh has installed it
 */
export function redisMissing(): string | undefined {
  const missing = Object.entries(needed).flatMap(([name, debian]) => (hasProgram(name) ? [] : [debian]))
  if (missing.length === 0) return undefined
  const reason = `${missing.join(', ')} not found`
  if (process.env['CI'] !== undefined) throw new Error(`Cannot test the fleet: ${reason}; run test/tools/install.sh`)
  return reason
}
