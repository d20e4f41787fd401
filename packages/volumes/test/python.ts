import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Whether tests that need modules of Python have to be skipped, with the reason printed. In CI that is a failure. */
export function lacksPython(...modules: readonly string[]): boolean {
  const { status } = spawnSync('python3', ['-c', `import ${modules.join(', ')}`])
  if (status === 0) return false
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${modules.join(' and ')}`)
  console.warn(`skipped: python3 with ${modules.join(' and ')} is not here`)
  return true
}

/** Runs a script of this folder, and returns the JSON that it prints. */
export function python(script: string, parameters: readonly string[]): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync('python3', [path, ...parameters], { maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${script} failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString())
}
