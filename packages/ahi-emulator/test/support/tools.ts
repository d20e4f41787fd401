import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of real files; not part of the repository. */
const sharedFolder = fileURLToPath(new URL('../../../../../shared/', import.meta.url))

/** A path of the shared folder; `undefined` where it is not there, and those tests are skipped, in CI too. */
export function sharedPath(path: string): string | undefined {
  const found = join(sharedFolder, path)
  if (existsSync(found)) return found
  console.warn(`skipped: shared/${path} is not here`)
  return undefined
}

/** All files of a folder, in the order of their paths. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Whether python3 has modules. Says so where it has not; in CI that is a failure. */
export function hasPython(...modules: readonly string[]): boolean {
  const { status } = spawnSync('python3', ['-c', modules.map((name) => `import ${name}`).join('\n')])
  return isAvailable(`python3 with ${modules.join(', ')}`, status === 0)
}

/** Whether a command runs. Says so where it does not; in CI that is a failure. */
export function hasCommand(command: string, ...args: readonly string[]): boolean {
  return isAvailable(command, spawnSync(command, args).error === undefined)
}

/** Runs a command; gives what it prints to standard error. */
export function complaintsOf(command: string, ...args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'latin1' }).stderr
}

/** Runs a script of `test/python`, and reads what it prints as JSON. The event loop goes on: the script may be a client. */
export async function runPython(
  script: string,
  options: { readonly args?: readonly string[]; readonly input?: unknown; readonly environment?: NodeJS.ProcessEnv },
): Promise<unknown> {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  const running = promisify(execFile)('python3', [path, ...(options.args ?? [])], {
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...options.environment },
  })
  running.child.stdin?.end(JSON.stringify(options.input ?? null))
  const { stdout } = await running
  return JSON.parse(stdout)
}

function isAvailable(what: string, isThere: boolean): boolean {
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${what}`)
  console.warn(`skipped: ${what} is not here`)
  return false
}
