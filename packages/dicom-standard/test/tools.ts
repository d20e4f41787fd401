import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Returns true if a tool that a test needs exists. Otherwise prints a reason, or throws in CI. */
export function isAvailable(what: string, isThere: boolean): boolean {
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${what}`)
  console.warn(`skipped: ${what} is not here`)
  return false
}

/** True if python3 has pydicom. */
export function hasPydicom(): boolean {
  return isAvailable('python3 with pydicom', spawnSync('python3', ['-c', 'import pydicom']).status === 0)
}

/** Runs a script of this folder and parses its output as JSON. */
export function python(script: string, args: readonly string[], input = ''): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync('python3', [path, ...args], { input, maxBuffer: 1 << 29 })
  if (status !== 0) throw new Error(`${script} failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString())
}
