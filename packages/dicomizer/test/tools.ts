import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of real documents and files; not part of the repository. */
export const sharedFolder: URL = new URL('../../../../shared/', import.meta.url)

/** Whether something that a test needs is there. Says so where it is not; in CI that is a failure. */
export function isAvailable(what: string, isThere: boolean): boolean {
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${what}`)
  console.warn(`skipped: ${what} is not here`)
  return false
}

/** Whether a path of the shared folder is there; those tests are skipped elsewhere, in CI too. */
export function hasShared(path: string): boolean {
  const isThere = existsSync(new URL(path, sharedFolder))
  if (!isThere) console.warn(`skipped: shared/${path} is not here`)
  return isThere
}

/** Whether a command runs. */
export function hasCommand(command: string, args: readonly string[] = ['--version']): boolean {
  return isAvailable(command, spawnSync(command, args).error === undefined)
}

/** Whether python3 has pydicom. */
export function hasPydicom(): boolean {
  return isAvailable('python3 with pydicom', spawnSync('python3', ['-c', 'import pydicom']).status === 0)
}

/** Runs a script of this folder; gives what it prints, as JSON. */
export function python(script: string, args: readonly string[], input = ''): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync('python3', [path, ...args], { input, maxBuffer: 1 << 29 })
  if (status !== 0) throw new Error(`${script} failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString())
}

/** Runs a command; gives its output, both streams together. */
export function run(
  command: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 1 << 28 })
  return { status, output: `${stdout.toString('latin1')}${stderr.toString('latin1')}` }
}
