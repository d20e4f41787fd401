import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of real documents and files. It is not part of the repository. */
export const sharedFolder: URL = new URL('../../../../shared/', import.meta.url)

/** Returns whether a test's requirement is available. If it is not, prints the reason, and throws an error in CI. */
export function isAvailable(what: string, isThere: boolean): boolean {
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${what}`)
  console.warn(`skipped: ${what} is not available`)
  return false
}

/** Returns whether a path of the shared folder exists. Without it the tests are skipped, in CI too. */
export function hasShared(path: string): boolean {
  const isThere = existsSync(new URL(path, sharedFolder))
  if (!isThere) console.warn(`skipped: shared/${path} does not exist`)
  return isThere
}

/** Returns whether a command runs. */
export function hasCommand(command: string, args: readonly string[] = ['--version']): boolean {
  return isAvailable(command, spawnSync(command, args).error === undefined)
}

/** Returns whether python3 has pydicom. */
export function hasPydicom(): boolean {
  return isAvailable('python3 with pydicom', spawnSync('python3', ['-c', 'import pydicom']).status === 0)
}

/** Runs a script of this folder. Returns the JSON that it prints. */
export function python(script: string, args: readonly string[], input = ''): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync('python3', [path, ...args], { input, maxBuffer: 1 << 29 })
  if (status !== 0) throw new Error(`${script} failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString())
}

/** Runs a command. Returns its output, with both streams together. */
export function run(
  command: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 1 << 28 })
  return { status, output: `${stdout.toString('latin1')}${stderr.toString('latin1')}` }
}
